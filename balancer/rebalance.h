#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <vector>

#include "balancer/policy.h"

namespace balancer {

// One server of a backend whose sessions may lie unevenly.
struct Load {
  std::uint32_t sessions = 0;  // that could be closed
  std::uint32_t closing = 0;   // whose clients have been sent away and will be somewhere again
  Weight weight = 0;
  std::uint32_t most = 0;  // sessions that it may have; 0: no limit
  bool serves = false;     // only who does is part of it
};

// How the sessions of a backend lie, beside how they would by weight: a pure judgement of counts.
// What a server with a limit cannot take, the others share.
class Spread {
 public:
  // `absent` are at no server now and will come back.
  explicit Spread(std::span<const Load> loads, std::uint64_t absent = 0);

  // 0 of who does not serve.
  [[nodiscard]] double share(std::size_t server) const { return shares_[server]; }

  // Sessions above the share, to be closed. Down to the share itself, not to what is tolerated
  // above it: a server at the edge of that would be over it again with the next client.
  [[nodiscard]] std::uint32_t surplus(std::size_t server) const { return surplus_[server]; }
  [[nodiscard]] std::uint64_t surplus() const { return whole_; }

  // Whether nobody who serves has more than his share, or less, by so many percent of it, where a
  // single session never counts. Both: ten servers of which each has a little too much are the many
  // sessions that an eleventh has not.
  [[nodiscard]] bool within(std::uint32_t percent) const { return furthest_ <= percent; }

 private:
  std::vector<double> shares_;
  std::vector<std::uint32_t> surplus_;
  std::uint64_t whole_ = 0;
  double furthest_ = 0;  // percent
};

// Shares `count` out in proportion to `parts`: in whole numbers, all of it, and none gets more than
// its part as long as `count` is no more than all of them. `turn` in [0, 1) says who gets what does
// not divide: with another one each time, it is everybody in the long run.
[[nodiscard]] std::vector<std::uint32_t> deal(std::uint64_t count,
                                              std::span<const std::uint32_t> parts, double turn);

// How many of those whose sessions were closed are not back yet: where clients wait before they
// connect again, shares would shrink with what is closed, and more would be closed for it.
class Absent {
 public:
  // So many sessions there are, and so many have been closed for good. Those are missed that were
  // there within the last 10 s, as far as so many were closed since.
  [[nodiscard]] std::uint64_t count(std::uint64_t sessions, std::uint64_t closed, Tick now);

 private:
  struct Look {
    std::uint64_t sessions;
    std::uint64_t closed;
    Tick at;
  };
  std::deque<Look> looks_;
};

// Whether closing sessions helps. It does not where their clients come back to where they were, as
// a hash of the client or a server that takes nobody has it.
class Headway {
 public:
  // As it is at the start.
  Headway(std::uint64_t sessions, std::uint64_t surplus, std::size_t servers);

  // `closed` so far, and so much surplus is left: false once a good many have been closed and the
  // surplus was never less than before, or as many as there were sessions.
  [[nodiscard]] bool helps(std::uint64_t closed, std::uint64_t surplus);

 private:
  std::uint64_t most_;
  std::uint64_t patience_;
  std::uint64_t least_;  // surplus
  std::uint64_t closed_then_ = 0;
};

}  // namespace balancer
