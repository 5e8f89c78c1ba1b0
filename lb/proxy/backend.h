#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "balancer/backend.h"
#include "conf/model.h"
#include "lb/net/address.h"

namespace lb::proxy {

// A backend at work: whom to choose, and how to reach him. Shared by all workers.
class Backend {
 public:
  Backend(const conf::Backend& asked, balancer::Waker& waker)
      : config(asked), choice(asked, waker) {
    // An unresolved server is in maint and never chosen.
    for (const conf::Server& server : asked.servers)
      targets_.emplace_back(server.address.value_or(conf::Address{}));
    for (const conf::Address& source : asked.sources) sources_.emplace_back(source);
  }

  const conf::Backend& config;
  balancer::Backend choice;

  [[nodiscard]] const net::SocketAddress& target(balancer::ServerId server) const {
    return targets_[server];
  }

  // The address to connect from, in turn; null when the kernel shall choose.
  [[nodiscard]] const net::SocketAddress* source_for(const net::SocketAddress& target) {
    if (sources_.empty()) return nullptr;
    const std::uint32_t turn = next_source_.fetch_add(1, std::memory_order_relaxed);
    for (std::size_t i = 0; i < sources_.size(); ++i) {
      const net::SocketAddress& source = sources_[(turn + i) % sources_.size()];
      if (source.family() == target.family()) return &source;
    }
    return nullptr;
  }

 private:
  std::vector<net::SocketAddress> targets_;  // by ServerId
  std::vector<net::SocketAddress> sources_;
  std::atomic<std::uint32_t> next_source_{0};
};

}  // namespace lb::proxy
