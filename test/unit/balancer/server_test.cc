#include "balancer/server.h"

#include <catch2/catch.hpp>
#include <optional>

using balancer::Admin;
using balancer::Facts;
using balancer::facts_of;
using balancer::Health;
using balancer::kMaxWeight;
using balancer::kWeightScale;
using balancer::Standing;
using balancer::standing;

TEST_CASE("only a ready server that is up or going down gets new sessions", "[balancer]") {
  struct Row {
    Admin admin;
    Health health;
    bool usable;
  };
  const Row row = GENERATE(values<Row>({
      {Admin::kReady, Health::kUp, true},
      {Admin::kReady, Health::kGoingDown, true},
      {Admin::kReady, Health::kDown, false},
      {Admin::kReady, Health::kGoingUp, false},
      {Admin::kDrain, Health::kUp, false},
      {Admin::kDrain, Health::kGoingDown, false},
      {Admin::kDrain, Health::kDown, false},
      {Admin::kDrain, Health::kGoingUp, false},
      {Admin::kMaint, Health::kUp, false},
      {Admin::kMaint, Health::kGoingDown, false},
      {Admin::kMaint, Health::kDown, false},
      {Admin::kMaint, Health::kGoingUp, false},
  }));
  const bool backup = GENERATE(false, true);
  CAPTURE(row.admin, row.health, backup);

  CHECK(standing(Facts{.admin = row.admin, .health = row.health, .weight = 3, .backup = backup}) ==
        Standing{.weight = 3 * kWeightScale, .usable = row.usable});
  CHECK_FALSE(standing(Facts{.admin = row.admin, .health = row.health, .weight = 0}).usable);
}

TEST_CASE("agent, checks and sessions can each keep new sessions from a server", "[balancer]") {
  CHECK_FALSE(standing(Facts{.agent_down = true}).usable);
  CHECK_FALSE(standing(Facts{.stopping = true}).usable);
  CHECK_FALSE(standing(Facts{.ejected = true}).usable);
  CHECK(standing(Facts{.on_trial = true}).usable);
}

TEST_CASE("a slow server keeps a part of its weight, and never nothing", "[balancer]") {
  CHECK(standing(Facts{.weight = 10, .slow_percent = 50}) == Standing{80, true});
  CHECK(standing(Facts{.weight = 10, .agent_percent = 50, .slow_percent = 10}) ==
        Standing{8, true});
  CHECK(standing(Facts{.weight = 1, .agent_percent = 1, .slow_percent = 10}) == Standing{1, true});
}

TEST_CASE("the effective weight is the operator's or the configured one, times the agent's share",
          "[balancer]") {
  struct Row {
    std::uint32_t configured;
    std::optional<std::uint32_t> of_operator;
    std::uint32_t agent_percent;
    Standing expected;
  };
  const Row row = GENERATE(values<Row>({
      {1, std::nullopt, 100, {16, true}},
      {256, std::nullopt, 100, {kMaxWeight, true}},
      {0, std::nullopt, 100, {0, false}},
      {10, 20, 100, {320, true}},
      {10, 0, 100, {0, false}},
      {0, 5, 100, {80, true}},
      {1, std::nullopt, 75, {12, true}},
      {1, std::nullopt, 1, {1, true}},
      {1, std::nullopt, 0, {0, false}},
      {10, 20, 50, {160, true}},
      {10, 0, 50, {0, false}},
      {10, std::nullopt, 200, {320, true}},
      {256, std::nullopt, 200, {kMaxWeight, true}},
  }));
  CAPTURE(row.configured, row.of_operator.has_value(), row.agent_percent);

  CHECK(standing(Facts{.weight = row.configured,
                       .operator_weight = row.of_operator,
                       .agent_percent = row.agent_percent}) == row.expected);
}

TEST_CASE("a server starts ready and up with its configured weight and tier", "[balancer]") {
  conf::Server server;
  server.address = conf::Address{};
  server.weight = 7;
  server.backup = true;

  const Facts facts = facts_of(server);

  CHECK(facts.admin == Admin::kReady);
  CHECK(facts.backup);
  CHECK(standing(facts) == Standing{.weight = 7 * kWeightScale, .usable = true});
}

TEST_CASE("a server that is disabled or has no known address starts as in maint", "[balancer]") {
  conf::Server disabled;
  disabled.address = conf::Address{};
  disabled.disabled = true;
  const conf::Server unresolved;

  CHECK(facts_of(disabled).admin == Admin::kMaint);
  CHECK(balancer::admin_of(facts_of(unresolved)) == Admin::kMaint);
  CHECK(facts_of(unresolved).admin == Admin::kReady);
}

TEST_CASE("a server is up before its first check unless its configuration says otherwise",
          "[balancer]") {
  const auto begins = [](conf::InitState state) {
    conf::Server server;
    server.address = conf::Address{};
    server.check = conf::Check{.dialog = nullptr, .init_state = state};
    return facts_of(server).health;
  };

  CHECK(begins(conf::InitState::kUp) == balancer::Health::kUp);
  CHECK(begins(conf::InitState::kFullyUp) == balancer::Health::kUp);
  CHECK(begins(conf::InitState::kDown) == balancer::Health::kDown);
  CHECK(begins(conf::InitState::kFullyDown) == balancer::Health::kDown);
}
