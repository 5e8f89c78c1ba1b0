#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "balancer/limit.h"
#include "balancer/network_set.h"
#include "balancer/rate_limit.h"
#include "balancer/rate_meter.h"
#include "balancer/source_counts.h"
#include "balancer/source_rates.h"
#include "conf/model.h"
#include "lb/net/address.h"
#include "lb/proxy/backend.h"
#include "lb/telemetry/counters.h"

namespace lb::proxy {

// A frontend at work: who is let in, how many, and where they go. Shared by all workers.
class Frontend {
 public:
  Frontend(const conf::Frontend& asked, Backend& to, std::size_t workers)
      : config(asked),
        backend(to),
        limit(asked.maxconn == 0 ? std::numeric_limits<std::uint32_t>::max() : asked.maxconn),
        rate(asked.rate_limit),
        counters(workers),
        allow_(asked.allow),
        deny_(asked.deny) {
    for (const conf::Bind& bind : asked.binds)
      proxies_.emplace_back(bind.accept_proxy ? bind.accept_proxy->from
                                              : std::vector<conf::Network>());
    for (const conf::Bind& bind : asked.binds) bind_names_.push_back(conf::to_string(bind.address));
    if (asked.max_per_source != 0)
      sources_ = std::make_unique<balancer::SourceCounts>(asked.max_per_source);
    if (asked.rate_per_source != 0)
      rates_ = std::make_unique<balancer::SourceRates>(asked.rate_per_source);
  }

  const conf::Frontend& config;
  Backend& backend;
  balancer::Limit limit;
  balancer::RateLimit rate;
  balancer::RateMeter connections;  // that were accepted
  balancer::RateMeter sessions;     // that were let in
  telemetry::PerWorker<telemetry::FrontendCounters> counters;

  // The number of one of its binds, from 1, and that bind's address as text that stays.
  [[nodiscard]] std::uint32_t bind_id(const conf::Bind& bind) const {
    return static_cast<std::uint32_t>(&bind - config.binds.data()) + 1;
  }
  [[nodiscard]] std::string_view bind_name(std::uint32_t id) const { return bind_names_[id - 1]; }

  // Whether whoever connects to one of its binds says in a PROXY protocol header who the client is.
  [[nodiscard]] bool expects_header(const conf::Bind& bind, const net::Peer& from) const {
    if (!bind.accept_proxy) return false;
    return bind.accept_proxy->from.empty() || proxies_[bind_id(bind) - 1].contains(from.bytes());
  }

  // Whether a client may come in; one that may is counted until left().
  [[nodiscard]] bool enter(const net::Peer& client, balancer::Tick now) {
    if (client.family != conf::Family::kUnix && !admits(client, now)) return false;
    sessions.count(now);
    return true;
  }
  void left(const net::Peer& client) {
    if (sources_ != nullptr) sources_->release(client.bytes());
  }

  // Client addresses with sessions that `max_per_source` counts.
  [[nodiscard]] std::size_t sources() const { return sources_ == nullptr ? 0 : sources_->size(); }

 private:
  [[nodiscard]] bool admits(const net::Peer& client, balancer::Tick now) {
    if (deny_.contains(client.bytes())) return false;
    if (!config.allow.empty() && !allow_.contains(client.bytes())) return false;
    if (rates_ != nullptr && !rates_->take(client.bytes(), now)) return false;
    return sources_ == nullptr || sources_->take(client.bytes());
  }

  std::vector<std::string> bind_names_;
  balancer::NetworkSet allow_;
  balancer::NetworkSet deny_;
  std::vector<balancer::NetworkSet> proxies_;  // by bind: who sends a header
  std::unique_ptr<balancer::SourceCounts> sources_;
  std::unique_ptr<balancer::SourceRates> rates_;
};

}  // namespace lb::proxy
