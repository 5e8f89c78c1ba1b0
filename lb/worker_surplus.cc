#include "lb/worker.h"

// How a worker closes its part of what servers have above their share.
namespace lb {

std::vector<SurplusReport> Worker::report_surplus(const proxy::Backend& backend) {
  loop_.assert_here();
  std::vector<SurplusReport> reports;
  for (const auto& there : servers_[backend.index]) {
    SurplusReport& report = reports.emplace_back();
    if (!there) continue;
    report = {.left = there->open - there->parting_open, .closing = there->parting_open};
    if (there->drain && there->drain->is_of_surplus()) there->drain->grant(0, 0);
  }
  return reports;
}

void Worker::grant_surplus(const proxy::Backend& backend, std::span<const SurplusGrant> grants,
                           net::Tick start, net::Tick time) {
  loop_.assert_here();
  const auto& servers = servers_[backend.index];
  auto next = grants.begin();
  for (balancer::ServerId id = 0; id < servers.size(); ++id) {
    const bool named = next != grants.end() && next->server == id;
    const std::uint32_t count = named ? (next++)->count : 0;
    if (!servers[id]) continue;
    proxy::AtServer& there = *servers[id];
    if (there.drain && !there.drain->is_of_surplus()) continue;
    if (!named) {
      there.drain.reset();
      continue;
    }
    if (!there.drain) {
      balancer::DrainOrder order{.mode = balancer::DrainOrder::Mode::kSurplus, .start = start};
      order.quiet_time = static_cast<net::Tick>(backend.config.drain.quiet_time.count());
      there.drain =
          std::make_unique<proxy::ServerDrain>(there, poller_, wheel_, order, 0, phase_at(id));
    }
    there.drain->grant(count, time);
  }
}

}  // namespace lb
