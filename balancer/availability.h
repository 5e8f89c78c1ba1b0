#pragma once

#include <vector>

#include "balancer/policy.h"

namespace balancer {

// Which servers a table policy may answer, whatever its table says: the table follows later. Only
// set() allocates, and only for a server with the highest id so far.
class Availability {
 public:
  void set(ServerId server, Weight weight, bool usable) {
    if (server >= servers_.size()) servers_.resize(server + 1);
    servers_[server].usable = usable && weight > 0;
  }
  void full(ServerId server) { servers_[server].full = true; }
  void free(ServerId server) { servers_[server].full = false; }

  [[nodiscard]] bool usable(ServerId server) const { return servers_[server].usable; }
  [[nodiscard]] bool usable_and_free(ServerId server) const {
    return servers_[server].usable && !servers_[server].full;
  }

 private:
  struct Server {
    bool usable = false;
    bool full = false;
  };

  std::vector<Server> servers_;
};

}  // namespace balancer
