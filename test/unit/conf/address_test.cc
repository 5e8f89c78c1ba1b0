#include "conf/address.h"

#include <catch2/catch.hpp>

namespace conf {
namespace {

TEST_CASE("an address is written the way it is read", "[conf]") {
  const std::string text = GENERATE("192.0.2.1:80", "0.0.0.0:0", "255.255.255.255:65535",
                                    "[2001:db8::1]:443", "[::]:80", "unix:/run/a.sock");

  const auto address = parse_address(text);

  REQUIRE(address);
  CHECK(to_string(*address) == text);
}

TEST_CASE("an address without an IP, a port or a path is refused", "[conf]") {
  const std::string text =
      GENERATE("", ":", ":80", "*:80", "localhost:80", "192.0.2.1", "192.0.2.1:", "192.0.2.1:65536",
               "192.0.2.1:-1", "192.0.2.1: 80", "192.0.2:80", "192.0.2.256:80", "[192.0.2.1]:80",
               "2001:db8::1:80", "[2001:db8::1]", "[2001:db8::1]80", "[]:80", "[::1%lo]:80",
               "unix:", "unix:/", "unix:run/a", "http://192.0.2.1:80");

  CHECK(parse_address(text) == std::nullopt);
}

TEST_CASE("an address with a NUL byte is refused", "[conf]") {
  CHECK(parse_address(std::string("192.0.2.1\0:80", 13)) == std::nullopt);
  CHECK(parse_address(std::string("unix:/a\0b", 9)) == std::nullopt);
}

TEST_CASE("the path of a UNIX socket has at most 107 bytes", "[conf]") {
  CHECK(parse_address("unix:/" + std::string(106, 'x')));
  CHECK(parse_address("unix:/" + std::string(107, 'x')) == std::nullopt);
}

TEST_CASE("the host of an address has no port and no brackets", "[conf]") {
  CHECK(host_of(*parse_address("192.0.2.1:80")) == "192.0.2.1");
  CHECK(host_of(*parse_address("[2001:db8::1]:80")) == "2001:db8::1");
  CHECK(host_of(*parse_address("unix:/run/a.sock")) == "unix");
}

TEST_CASE("a network is an address and a prefix", "[conf]") {
  const auto ipv4 = parse_network("10.128.0.0/9");
  const auto ipv6 = parse_network("2001:db8::/32");

  REQUIRE((ipv4 && ipv6));
  CHECK(ipv4->family == Family::kIpv4);
  CHECK(ipv4->prefix == 9);
  CHECK(ipv4->ip[1] == 128);
  CHECK(ipv6->family == Family::kIpv6);
  CHECK(ipv6->prefix == 32);
}

TEST_CASE("an address alone is a network of one", "[conf]") {
  CHECK(parse_network("192.0.2.1")->prefix == 32);
  CHECK(parse_network("::1")->prefix == 128);
  CHECK(parse_network("0.0.0.0/0")->prefix == 0);
}

TEST_CASE("a network with bits after its prefix is refused", "[conf]") {
  const std::string text = GENERATE("10.0.0.1/8", "10.128.0.0/8", "0.0.0.1/0", "2001:db8::1/32");

  CHECK(parse_network(text) == std::nullopt);
}

TEST_CASE("a network that is none is refused", "[conf]") {
  const std::string text = GENERATE("", "/", "10.0.0.0/", "10.0.0.0/33", "10/8", "::/129", "a/8",
                                    "10.0.0.0/8/8", "10.0.0.0/255.0.0.0");

  CHECK(parse_network(text) == std::nullopt);
}

}  // namespace
}  // namespace conf
