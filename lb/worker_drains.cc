#include <cmath>

#include "lb/worker.h"

// How a worker takes leave of the sessions that it has at a server.
namespace lb {

void Worker::set_leaving(const check::Place& server, bool leaving) {
  loop_.assert_here();
  proxy::AtServer& there = at(*server.backend, server.server);
  there.leaving = leaving;
  if (!leaving) return;
  proxy::OnServer here;
  here.take_all(there.sessions);
  while (!here.empty()) {
    auto& session = static_cast<proxy::Session&>(here.first());
    static_cast<proxy::OnServer&>(session).enter(there.sessions);
    session.leave_server();
  }
}

// Where in a step it closes a session, which is to be another place at each server and each worker.
double Worker::phase_at(balancer::ServerId server) const {
  constexpr double kGolden = 0.61803398875;  // its multiples spread evenly over [0, 1)
  const double place = (server + 1) * kGolden + index() * kGolden * kGolden;
  return place - std::floor(place);
}

void Worker::start_drain(const check::Place& server, const balancer::DrainOrder& order,
                         std::uint32_t all) {
  loop_.assert_here();
  proxy::AtServer& there = at(*server.backend, server.server);
  there.drain = std::make_unique<proxy::ServerDrain>(there, poller_, wheel_, order, all,
                                                     phase_at(server.server));
}

void Worker::start_drains(balancer::DrainOrder order) {
  loop_.assert_here();
  for (proxy::Backend* backend : backends_) {
    order.quiet_time = static_cast<net::Tick>(backend->config.drain.quiet_time.count());
    for (balancer::ServerId id = 0; id < servers_[backend->index].size(); ++id) {
      if (!servers_[backend->index][id]) continue;
      const proxy::AtServer& there = at(*backend, id);
      if (there.drain && there.drain->deadline() <= order.deadline) continue;
      start_drain({.backend = backend, .server = id}, order, 0);
    }
  }
}

void Worker::end_drain(const check::Place& server) {
  loop_.assert_here();
  at(*server.backend, server.server).drain.reset();
}

DrainReport Worker::report_drain(const check::Place& server) {
  loop_.assert_here();
  const proxy::AtServer& there = at(*server.backend, server.server);
  DrainReport report{.progress = {}, .tally = there.tally};
  report.progress.left = there.open - there.parting_open;
  report.progress.closing = there.parting_open;
  if (there.drain) report.progress = there.drain->progress();
  return report;
}

}  // namespace lb
