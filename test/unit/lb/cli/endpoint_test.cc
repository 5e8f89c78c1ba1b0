#include "lb/cli/endpoint.h"

#include <catch2/catch.hpp>

using lb::cli::read_endpoint;

TEST_CASE("a path is a path, in whatever language it is written", "[cli]") {
  CHECK(read_endpoint("/run/x.sock").path == "/run/x.sock");
  CHECK(read_endpoint("unix@/run/x.sock").path == "/run/x.sock");
  CHECK(read_endpoint("unix:/run/x.sock").path == "/run/x.sock");
  CHECK(read_endpoint("x.sock").path == "x.sock");
  CHECK(read_endpoint("/run/a:99").path == "/run/a:99");
}

TEST_CASE("a host and a port are no path", "[cli]") {
  CHECK(read_endpoint("db.local:9999").path.empty());
  CHECK(read_endpoint("db.local:9999").host == "db.local");
  CHECK(read_endpoint("db.local:9999").port == "9999");
  CHECK(read_endpoint("[::1]:9999").host == "::1");
  CHECK(read_endpoint("ipv4@10.0.0.1:9999").host == "10.0.0.1");
}

TEST_CASE("what has no possible port is a path", "[cli]") {
  CHECK(read_endpoint("host:0").path == "host:0");
  CHECK(read_endpoint("host:http").path == "host:http");
}
