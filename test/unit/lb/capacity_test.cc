#include "lb/capacity.h"

#include <catch2/catch.hpp>

namespace {

conf::Config one_frontend() {
  conf::Config config;
  config.frontends.emplace_back();
  config.frontends.back().binds.emplace_back();
  return config;
}

}  // namespace

TEST_CASE("maxconn is what the descriptor limit leaves for pairs of sockets", "[lb]") {
  const auto limit = GENERATE(200U, 1024U, 20'000U, 1'048'576U);
  const lb::Capacity capacity = lb::derive_capacity(one_frontend(), 2, limit);
  CAPTURE(limit, capacity.maxconn, capacity.maxpipes);

  CHECK(capacity.threads == 2);
  CHECK(2 * (capacity.maxconn + capacity.maxpipes) + 40 <= limit);
  CHECK(capacity.maxconn >= limit / 3);
  CHECK(capacity.warning.empty());
}

TEST_CASE("an admin socket and its clients have their descriptors aside", "[lb]") {
  conf::Config config = one_frontend();
  config.global.maxpipes = 1;
  const std::uint32_t before = lb::derive_capacity(config, 1, 1024).maxconn;
  config.global.admin.emplace_back().maxconn = 99;

  CHECK(lb::derive_capacity(config, 1, 1024).maxconn == before - 50);
}

TEST_CASE("a maxconn that the descriptor limit cannot carry is kept and warned of", "[lb]") {
  conf::Config config = one_frontend();
  config.global.maxconn = 5000;

  const lb::Capacity capacity = lb::derive_capacity(config, 1, 1024);

  CHECK(capacity.maxconn == 5000);
  CHECK_THAT(capacity.warning, Catch::Contains("the limit is 1024") && Catch::Contains("ulimit"));
}

TEST_CASE("a maxconn that fits is not warned of", "[lb]") {
  conf::Config config = one_frontend();
  config.global.maxconn = 400;

  CHECK(lb::derive_capacity(config, 1, 1024).warning.empty());
}

TEST_CASE("a descriptor limit that carries no session is a fault that says what would do", "[lb]") {
  CHECK_THAT(lb::derive_capacity(one_frontend(), 1, 16).fault,
             Catch::Contains("the descriptor limit is 16") && Catch::Contains("at least 43"));
  CHECK(lb::derive_capacity(one_frontend(), 1, 43).maxconn == 1);
}

TEST_CASE("threads as configured, up to 64 whatever the machine has", "[lb]") {
  conf::Config config = one_frontend();
  CHECK(lb::derive_capacity(config, 128, 1024).threads == 64);
  config.global.threads = 3;
  CHECK(lb::derive_capacity(config, 1, 1024).threads == 3);
}
