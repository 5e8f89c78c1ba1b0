#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "balancer/backend.h"
#include "lb/check/supervisor.h"
#include "lb/proxy/backend.h"

// A supervisor of one backend "app" with the servers s1, s2, s3 and the backup b1, and what it has
// had done.
class SupervisorRig final : public balancer::Waker, public lb::check::Hands {
 public:
  using Place = lb::check::Place;

  explicit SupervisorRig(const std::function<void(conf::Backend&)>& adapt = {})
      : config_(backend_of(adapt)), backend(config_, 0, 1, *this, 0), supervisor(*this) {}

  void granted(balancer::Grant grant) override { grants.push_back(std::move(grant)); }
  void note(lb::telemetry::Level level, std::string text) override {
    notes.push_back(std::string(lb::telemetry::name_of(level)) + ": " + text);
  }
  void shut(const Place& server, lb::telemetry::Cause why) override {
    shut_down.emplace_back(server.server, why);
  }
  void admin_is(const Place& server, balancer::Admin admin) override {
    told_admin.emplace_back(server.server, admin);
  }
  void drain_sessions(const Place& server) override { drained.push_back(server.server); }
  void keep_sessions(const Place& server) override { kept.push_back(server.server); }
  void changed() override { ++changes; }
  void ask_agent(const Place& server,
                 std::function<void(lb::check::AgentWatch&)> /*what*/) override {
    asked_agents.push_back(server.server);
  }
  void ask(const Place& server, std::function<void(lb::check::Watch&)> /*what*/) override {
    asked.push_back(server.server);
  }
  [[nodiscard]] balancer::Tick now() const override { return time; }

  [[nodiscard]] Place place(balancer::ServerId server) { return {&backend, server}; }

  [[nodiscard]] lb::check::Judgement judgement(balancer::ServerId server, conf::CheckStatus status,
                                               bool up, std::uint32_t step, std::uint32_t steps) {
    return {.of = place(server),
            .verdict = {.status = status},
            .duration = std::chrono::milliseconds(7),
            .up = up,
            .step = step,
            .steps = steps};
  }
  void goes_down(balancer::ServerId server) {
    supervisor.judged(judgement(server, conf::CheckStatus::kL4Connection, false, 0, 2));
  }
  void comes_up(balancer::ServerId server) {
    supervisor.judged(judgement(server, conf::CheckStatus::kL4Ok, true, 3, 3));
  }

  [[nodiscard]] balancer::Facts facts(balancer::ServerId server) const {
    return backend.choice.view()[server].facts;
  }

 private:
  static conf::Backend backend_of(const std::function<void(conf::Backend&)>& adapt) {
    conf::Backend config;
    config.name = "app";
    for (const char* name : {"s1", "s2", "s3", "b1"}) {
      conf::Server server;
      server.name = name;
      server.address = conf::Address{};
      server.backup = *name == 'b';
      config.servers.push_back(server);
    }
    if (adapt) adapt(config);
    return config;
  }

  conf::Backend config_;

 public:
  lb::proxy::Backend backend;
  lb::check::Supervisor supervisor;
  balancer::Tick time = 0;
  int changes = 0;
  std::vector<balancer::Grant> grants;
  std::vector<std::string> notes;
  std::vector<std::pair<balancer::ServerId, balancer::Admin>> told_admin;
  std::vector<balancer::ServerId> drained;
  std::vector<balancer::ServerId> kept;
  std::vector<balancer::ServerId> asked_agents;
  std::vector<std::pair<balancer::ServerId, lb::telemetry::Cause>> shut_down;
  std::vector<balancer::ServerId> asked;
};
