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
#include "lb/proxy/process_rates.h"
#include "lb/telemetry/counters.h"

namespace lb::proxy {

// A frontend at work: who is let in, how many, and where they go. Shared by all workers.
class Frontend {
 public:
  static constexpr std::uint32_t kNoLimit = std::numeric_limits<std::uint32_t>::max();

  // `of_process` outlives it.
  Frontend(const conf::Frontend& asked, Backend& to, std::size_t workers, ProcessRates& of_process)
      : config(asked),
        backend(to),
        limit(asked.maxconn == 0 ? kNoLimit : asked.maxconn),
        rate(asked.rate_limit),
        counters(workers),
        process_(of_process),
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

  // What an operator wants of it: to let clients in, to have them wait, or to listen no more, which
  // is for good. The control thread's.
  enum class Standing : std::uint8_t { kOpen, kPaused, kShut };
  Standing standing = Standing::kOpen;

  // Counts one more client against its own rate and those of the process. The answer is 0, or in
  // how many milliseconds it can be tried again.
  [[nodiscard]] balancer::Tick take_rates(balancer::Tick now) {
    if (const balancer::Tick wait = rate.take(now); wait != 0) return wait;
    if (const balancer::Tick wait = process_.connections.take(now); wait != 0) {
      rate.give_back();
      return wait;
    }
    if (const balancer::Tick wait = process_.sessions.take(now); wait != 0) {
      rate.give_back();
      process_.connections.give_back();
      return wait;
    }
    return 0;
  }
  // Nobody came.
  void give_back_rates() {
    give_back_session();
    process_.connections.give_back();
  }
  // Who came was refused, and does not use up what others may have.
  void give_back_session() {
    rate.give_back();
    process_.sessions.give_back();
  }

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

  ProcessRates& process_;
  std::vector<std::string> bind_names_;
  balancer::NetworkSet allow_;
  balancer::NetworkSet deny_;
  std::vector<balancer::NetworkSet> proxies_;  // by bind: who sends a header
  std::unique_ptr<balancer::SourceCounts> sources_;
  std::unique_ptr<balancer::SourceRates> rates_;
};

}  // namespace lb::proxy
