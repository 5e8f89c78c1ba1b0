#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "balancer/backend.h"
#include "conf/model.h"
#include "lb/net/address.h"
#include "lb/proxy/roster.h"
#include "lb/telemetry/counters.h"

namespace lb::proxy {

// A backend at work: whom to choose, and how to reach him. Shared by all workers.
class Backend {
 public:
  // `place` is which backend of the configuration it is; `now` a tick of the workers' clock.
  Backend(const conf::Backend& asked, std::size_t place, std::size_t workers,
          balancer::Waker& waker, balancer::Tick now)
      : config(asked),
        index(place),
        choice(asked, waker, now),
        counters(workers),
        servers(workers) {
    for (balancer::ServerId id = 0; id < asked.servers.size(); ++id) {
      servers.take(id, asked.servers[id]);
      servers.arrived(id);
    }
    for (const conf::Address& source : asked.sources) sources_.emplace_back(source);
  }

  const conf::Backend& config;  // its servers are those of the start
  const std::size_t index;
  balancer::Backend choice;
  telemetry::PerWorker<telemetry::BackendCounters> counters;
  Roster servers;
  telemetry::PerWorker<telemetry::ServerCounters> gone{1};  // servers' that have left; control's

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
  std::vector<net::SocketAddress> sources_;
  std::atomic<std::uint32_t> next_source_{0};
};

}  // namespace lb::proxy
