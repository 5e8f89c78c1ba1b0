#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "balancer/backend.h"
#include "conf/model.h"

// What the tests of this room share.

// Keeps the grants it is given, oldest first.
class GrantList : public balancer::Waker {
 public:
  void granted(balancer::Grant grant) override { grants.push_back(std::move(grant)); }

  // Ends all leases, also those that are granted meanwhile.
  void end_all() {
    while (!grants.empty()) {
      const balancer::Grant last = std::move(grants.back());
      grants.pop_back();
    }
  }

  std::vector<balancer::Grant> grants;
};

struct KeptConfig {
  conf::Backend kept;
};

// A backend that keeps its configuration, starts at time 0, and ends the leases it has granted
// before it ends itself.
class TestBackend : private KeptConfig, public balancer::Backend {
 public:
  TestBackend(conf::Backend config, GrantList& waker)
      : KeptConfig{std::move(config)}, Backend(kept, waker, 0), list_(waker) {}
  ~TestBackend() { list_.end_all(); }

 private:
  GrantList& list_;
};

inline conf::Backend backend_of(std::vector<conf::Server> servers) {
  for (conf::Server& server : servers) {
    if (!server.address) server.address = conf::Address{};
  }
  conf::Backend config;
  config.servers = std::move(servers);
  return config;
}

// `count` servers alike.
inline conf::Backend backend_of(std::size_t count, std::uint32_t maxconn = 0) {
  conf::Server server;
  server.maxconn = maxconn;
  return backend_of(std::vector<conf::Server>(count, server));
}

inline balancer::Lease lease(balancer::Choice choice) {
  return std::get<balancer::Lease>(std::move(choice));
}

inline balancer::Wait wait(const balancer::Choice& choice) {
  return std::get<balancer::Wait>(choice);
}

inline void set_health(balancer::Backend& backend, balancer::ServerId server,
                       balancer::Health health, balancer::Tick now = 0) {
  backend.update(server, [health](balancer::Facts& facts) { facts.health = health; }, now);
}

inline void set_admin(balancer::Backend& backend, balancer::ServerId server, balancer::Admin admin,
                      balancer::Tick now = 0) {
  backend.update(server, [admin](balancer::Facts& facts) { facts.admin = admin; }, now);
}
