#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "balancer/drain.h"
#include "lb/net/poller.h"
#include "lb/net/timer_wheel.h"
#include "lb/proxy/at_server.h"

namespace lb::proxy {

class Session;

// How far a worker has come with a drain.
struct DrainProgress {
  std::uint32_t at_start = 0;
  std::uint32_t left = 0;     // neither ended nor closed
  std::uint32_t closing = 0;  // closed, and their clients have not ended yet
  // When the sessions were accepted that were found in the last look at all of them, which takes
  // some steps.
  std::optional<balancer::Tick> oldest;
  std::optional<balancer::Tick> youngest;
};

// Takes leave of the sessions that one worker has at one server, or of its part of those that are
// too many there: looks at some of them in each step and closes as many as the pace allows, those
// first to whom it costs least. Belongs to its worker.
class ServerDrain final : private net::Timed {
 public:
  // `all` are the server's sessions on all workers now, and `phase` as DrainPace wants it. The rest
  // outlives it.
  ServerDrain(AtServer& at, net::Poller& poller, net::TimerWheel& wheel,
              const balancer::DrainOrder& order, std::uint32_t all, double phase);

  [[nodiscard]] DrainProgress progress() const;

  // Only what is too many is closed, as it is granted.
  [[nodiscard]] bool is_of_surplus() const {
    return order_.mode == balancer::DrainOrder::Mode::kSurplus;
  }
  void grant(std::uint32_t count, net::Tick time) { pace_.grant(count, time, poller_.now()); }

  // What for sessions are closed.
  [[nodiscard]] Leave why() const { return is_of_surplus() ? Leave::kRebalance : Leave::kDrain; }

  // Whether a session may be closed after an answer that has just passed.
  [[nodiscard]] bool takes_answered() const { return answered_ != 0; }

  // A session has been closed. What may go after an answer is of the same allowance.
  void parted();

  // When none is left; kNever without a deadline.
  [[nodiscard]] balancer::Tick deadline() const {
    return order_.mode == balancer::DrainOrder::Mode::kDeadline ? order_.deadline : net::kNever;
  }

 private:
  // A session as it was found in this step. Better ones come first.
  struct Candidate {
    balancer::Grade grade;
    bool waits_for_answer;
    bool idle;  // for longer than it may be
    balancer::Tick since;
    Session* session;
  };

  void on_due() override;
  void look();
  void consider(Session& session);
  void close_some();
  void let_go();
  [[nodiscard]] std::uint32_t left() const;
  [[nodiscard]] net::Tick step() const;

  AtServer& at_;
  net::Poller& poller_;
  net::TimerWheel& wheel_;
  const balancer::DrainOrder order_;
  balancer::DrainPace pace_;
  const std::uint32_t at_start_;
  std::vector<Candidate> seen_;
  std::uint32_t answered_ = 0;  // so many may go after an answer in this step
  std::uint32_t unseen_ = 0;    // in this look at all of them
  DrainProgress ages_;          // of the last one that was whole
  DrainProgress looking_;       // of this one
};

}  // namespace lb::proxy
