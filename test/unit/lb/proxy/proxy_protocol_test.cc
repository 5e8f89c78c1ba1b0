#include "lb/proxy/proxy_protocol.h"

#include <array>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "lb/proxy/crc32c.h"

namespace lb::proxy {
namespace {

using namespace std::string_literals;
using Version = conf::SendProxy::Version;

const std::string kSignature = "\r\n\r\n\0\r\nQUIT\n"s;
const std::string kTcp4 = "\x21\x11\x00\x0c\x01\x02\x03\x04\x05\x06\x07\x08\x04\x57\x00\x50"s;

std::expected<ProxyHeader, HeaderFault> reading_of(const std::string& text) {
  return read_proxy_header(std::as_bytes(std::span(text)));
}

// "1.2.3.4:1111 > 5.6.7.8:80 of 37", or what is wrong.
std::string told_by(const std::string& text) {
  const auto header = reading_of(text);
  if (header)
    return net::to_string(header->says.source) + " > " + net::to_string(header->says.destination) +
           " of " + std::to_string(header->size);
  switch (header.error()) {
    case HeaderFault::kIncomplete:
      return "incomplete";
    case HeaderFault::kNoHeader:
      return "no header";
    case HeaderFault::kInvalid:
      return "invalid";
    case HeaderFault::kUnhandled:
      return "unhandled";
  }
  return "?";
}

std::string tlv(char type, const std::string& value) {
  return type + "\0"s + static_cast<char>(value.size()) + value;
}

// A version 2 header of TCP over IPv4 with these TLVs.
std::string with_tlvs(const std::string& tlvs) {
  std::string text = kSignature + kTcp4 + tlvs;
  const std::size_t length = 12 + tlvs.size();
  text[14] = static_cast<char>(length >> 8U);
  text[15] = static_cast<char>(length & 0xFFU);
  return text;
}

net::Peer peer(const char* ip, std::uint16_t port) {
  const auto address = conf::parse_ip(ip);
  return {.family = address->family, .port = port, .ip = address->ip};
}

std::string written(const conf::SendProxy& asked, const Introduction& says) {
  std::array<std::byte, kLongestWrittenHeader> room{};
  const std::size_t size = write_proxy_header(asked, says, room);
  return {reinterpret_cast<const char*>(room.data()), size};
}

TEST_CASE("a version 1 header tells both addresses", "[proxy]") {
  CHECK(told_by("PROXY TCP4 1.2.3.4 5.6.7.8 1111 80\r\nGET") == "1.2.3.4:1111 > 5.6.7.8:80 of 36");
  CHECK(told_by("PROXY TCP6 2001:db8::1 ::1 65535 0\r\n") == "2001:db8::1:65535 > ::1:0 of 36");
}

TEST_CASE("an IPv4 address that is written as IPv6 is told as IPv4", "[proxy]") {
  CHECK(told_by("PROXY TCP6 ::ffff:10.1.2.3 ::ffff:10.9.9.9 1 2\r\n") ==
        "10.1.2.3:1 > 10.9.9.9:2 of 48");
  const std::string mapped = std::string(10, '\0') + "\xff\xff\x0a\x01\x02\x03";
  CHECK(told_by(kSignature + "\x21\x21\x00\x24"s + mapped + mapped + "\x00\x01\x00\x02"s) ==
        "10.1.2.3:1 > 10.1.2.3:2 of 52");
}

TEST_CASE("an address ends where its word ends", "[proxy]") {
  CHECK(told_by("PROXY TCP4 10.7.2.3\0x 10.9.9.9 1 2\r\n"s) == "invalid");
}

TEST_CASE("a version 1 header of an unknown protocol tells nothing", "[proxy]") {
  CHECK(told_by("PROXY UNKNOWN\r\nGET") == "unix > unix of 15");
  CHECK(told_by("PROXY UNKNOWN ff::1 ff::2 1 2\r\n") == "unix > unix of 31");
}

TEST_CASE("a version 1 header that breaks the rules is refused", "[proxy]") {
  const std::string line = GENERATE(
      "PROXY TCP4 1.2.3.4 5.6.7.8 1111\r\n", "PROXY TCP4 1.2.3.4 5.6.7.8 1111 80 \r\n",
      "PROXY TCP4  1.2.3.4 5.6.7.8 1111 80\r\n", "PROXY TCP4 1.2.3.4 5.6.7.8 1111 65536\r\n",
      "PROXY TCP4 1.2.3.4 5.6.7.8 +111 80\r\n", "PROXY TCP4 1.2.3.4 5.6.7.8 01 80\r\n",
      "PROXY TCP4 ::1 ::1 1111 80\r\n", "PROXY TCP6 1.2.3.4 5.6.7.8 1111 80\r\n",
      "PROXY TCP4 1.2.3.4 5.6.7.8 1111 80\n", "PROXY TCP4 \r\n",
      "PROXY TCP4 1.2.3.256 5.6.7.8 1111 80\r\n", "PROXY TCP4 1.2.3.4 5.6.7.8 1111 80\r\r\n");
  INFO(line);
  CHECK(told_by(line) == "invalid");
}

TEST_CASE("protocols other than TCP are told apart from mistakes", "[proxy]") {
  CHECK(told_by("PROXY UDP4 1.2.3.4 5.6.7.8 1111 80\r\n") == "unhandled");
  CHECK(told_by("PROXY \r\n") == "unhandled");
}

TEST_CASE("a version 1 header has at most 107 bytes", "[proxy]") {
  CHECK(told_by("PROXY UNKNOWN " + std::string(91, 'x') + "\r\n") == "unix > unix of 107");
  CHECK(told_by("PROXY UNKNOWN " + std::string(92, 'x') + "\r\n") == "invalid");
  CHECK(told_by("PROXY UNKNOWN " + std::string(92, 'x')) == "incomplete");
}

TEST_CASE("whatever begins as neither version is no header, as soon as that shows", "[proxy]") {
  CHECK(told_by("GET / HTTP/1.1\r\n") == "no header");
  CHECK(told_by("PROXI") == "no header");
  CHECK(told_by("\r\n\r\nX") == "no header");
  CHECK(told_by("\x16\x03\x01"s) == "no header");
}

TEST_CASE("a header is incomplete up to its last byte", "[proxy]") {
  const std::string whole = GENERATE("PROXY TCP4 1.2.3.4 5.6.7.8 1111 80\r\n"s, kSignature + kTcp4,
                                     with_tlvs(tlv('\x02', "example.org")));
  for (std::size_t size = 0; size < whole.size(); ++size)
    CHECK(told_by(whole.substr(0, size)) == "incomplete");
  CHECK(reading_of(whole)->size == whole.size());
}

TEST_CASE("a version 2 header tells both addresses", "[proxy]") {
  CHECK(told_by(kSignature + kTcp4 + "GET") == "1.2.3.4:1111 > 5.6.7.8:80 of 28");
  const std::string one = std::string(15, '\0') + "\x01";
  CHECK(told_by(kSignature + "\x21\x21\x00\x24"s + one + one + "\x00\x07\x01\x00"s) ==
        "::1:7 > ::1:256 of 52");
}

TEST_CASE("a version 2 header without TCP addresses tells nothing, and its length counts",
          "[proxy]") {
  CHECK(told_by(kSignature + "\x20\x00\x00\x00"s) == "unix > unix of 16");
  CHECK(told_by(kSignature + "\x20\x11\x00\x03"s + "abcGET") == "unix > unix of 19");
  CHECK(told_by(kSignature + "\x21\x00\x00\x02"s + "abGET") == "unix > unix of 18");
  CHECK(told_by(kSignature + "\x21\x31\x00\xd8"s + std::string(216, '\0')) == "unix > unix of 232");
  CHECK(told_by(kSignature + "\x21\x12\x00\x0c"s + std::string(12, 'x')) == "unix > unix of 28");
}

TEST_CASE("a version 2 header that breaks the rules is refused", "[proxy]") {
  CHECK(told_by(kSignature + "\x31\x11\x00\x0c"s + std::string(12, 'x')) == "no header");
  const std::string rest =
      GENERATE("\x22\x11\x00\x0c"s, "\x21\x41\x00\x0c"s, "\x21\x13\x00\x0c"s, "\x21\x11\x00\x0b"s,
               "\x21\x21\x00\x23"s, "\x21\x31\x00\xd7"s, "\x21\x11\x40\x00"s);
  CHECK(told_by(kSignature + rest + std::string(20000, 'x')) == "invalid");
}

TEST_CASE("what a proxy in front has told beside the addresses is kept", "[proxy]") {
  const std::string text =
      with_tlvs(tlv('\x04', "pad") + tlv('\x02', "example.org") + tlv('\x05', "id-7"));

  const auto header = reading_of(text);

  REQUIRE(header);
  CHECK(header->says.authority == "example.org");
  CHECK(header->says.unique_id == "id-7");
}

TEST_CASE("TLVs that do not fit their header are refused", "[proxy]") {
  CHECK(told_by(with_tlvs("\x02")) == "invalid");
  CHECK(told_by(with_tlvs("\x02\x00\x05"s + "abcd")) == "invalid");
  CHECK(told_by(with_tlvs(tlv('\x05', std::string(129, 'x')))) == "invalid");
  CHECK(told_by(with_tlvs(tlv('\x05', std::string(127, 'x')))) != "invalid");
  CHECK(told_by(with_tlvs("\x02\x01\x00"s + std::string(256, 'x'))) == "invalid");
}

TEST_CASE("CRC-32C has the value of RFC 3720, B.4", "[proxy]") {
  Crc32c zeros;
  zeros.add(std::array<std::byte, 32>{});
  CHECK(zeros.value() == 0x8A9136AA);
}

TEST_CASE("a header whose checksum is wrong is refused", "[proxy]") {
  std::string text = written({.version = Version::kV2, .crc32c = true},
                             {.source = peer("1.2.3.4", 1), .destination = peer("5.6.7.8", 2)});
  CHECK(told_by(text) == "1.2.3.4:1 > 5.6.7.8:2 of 35");
  text[16] ^= 1;
  CHECK(told_by(text) == "invalid");
  CHECK(told_by(with_tlvs(tlv('\x03', "abc"))) == "invalid");
}

TEST_CASE("a header has one checksum: each would be summed over the whole header", "[proxy]") {
  // Two right ones: the sum of a header with a second, empty place for it, put into both places,
  // is found by trying.
  const std::string empty = tlv('\x03', std::string(4, '\0'));
  CHECK(told_by(with_tlvs(empty + empty)) == "invalid");
  std::string text = with_tlvs(empty);
  Crc32c crc;
  crc.add(std::as_bytes(std::span(text)));
  for (std::size_t i = 0; i < 4; ++i)
    text[31 + i] = static_cast<char>(crc.value() >> (24U - 8 * i));
  CHECK(told_by(text) != "invalid");
}

TEST_CASE("version 1 is written as the specification shows it", "[proxy]") {
  const auto v4 = peer("192.0.2.1", 56324);
  const auto v6 = peer("2001:db8::1", 443);
  CHECK(written({}, {.source = v4, .destination = peer("198.51.100.1", 443)}) ==
        "PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n");
  CHECK(written({}, {.source = v6, .destination = v6}) ==
        "PROXY TCP6 2001:db8::1 2001:db8::1 443 443\r\n");
  CHECK(written({}, {.source = v4, .destination = v6}) ==
        "PROXY TCP6 ::ffff:192.0.2.1 2001:db8::1 56324 443\r\n");
  CHECK(written({}, {}) == "PROXY UNKNOWN\r\n");
  CHECK(written({}, {.source = v4}) == "PROXY UNKNOWN\r\n");
}

TEST_CASE("version 2 says LOCAL where there are no addresses", "[proxy]") {
  CHECK(written({.version = Version::kV2}, {}) == kSignature + "\x20\x00\x00\x00"s);
}

// As HAProxy 2.6 sends it for the same client and options.
TEST_CASE("version 2 tells what was asked for, in HAProxy's order", "[proxy]") {
  const Introduction says{.source = peer("1.2.3.4", 80),
                          .destination = peer("5.6.7.8", 81),
                          .authority = "hello",
                          .unique_id = "hello"};
  const conf::SendProxy all{
      .version = Version::kV2, .crc32c = true, .unique_id = true, .authority = true};

  CHECK(written(all, says) ==
        kSignature + "\x21\x11\x00\x23\x01\x02\x03\x04\x05\x06\x07\x08\x00\x50\x00\x51"s +
            "\x03\x00\x04\x05\x66\x95\x54"s + tlv('\x02', "hello") + tlv('\x05', "hello"));
  CHECK(written({.version = Version::kV2}, says).size() == 28);
}

TEST_CASE("the longest header fits its room and is read back", "[proxy]") {
  const std::string authority(kLongestAuthority, 'a');
  const std::string unique_id(kLongestUniqueId, 'u');
  const Introduction says{.source = peer("2001:db8::1", 65535),
                          .destination = peer("192.0.2.1", 65535),
                          .authority = authority,
                          .unique_id = unique_id};
  const conf::SendProxy all{
      .version = Version::kV2, .crc32c = true, .unique_id = true, .authority = true};

  const std::string text = written(all, says);
  CHECK(text.size() == kLongestWrittenHeader);
  const auto header = reading_of(text);

  REQUIRE(header);
  CHECK(header->says.source == says.source);
  CHECK(header->says.authority == authority);
  CHECK(header->says.unique_id == unique_id);
}

}  // namespace
}  // namespace lb::proxy
