#include "balancer/rebalance.h"

#include <algorithm>
#include <cmath>

namespace balancer {
namespace {

// Sessions that are closed without the surplus getting less. Where only every n-th of those that
// are sent away comes to the new server, as with round robin, it takes n for each that has moved.
constexpr std::uint64_t kLeastPatience = 200;
constexpr std::uint64_t kPatiencePerServer = 10;

constexpr Tick kMissed = 10'000;  // ms

// What is there is shared by weight; whose limit is below that has its limit, and the others share
// again.
std::vector<double> shares_of(std::span<const Load> loads, std::uint64_t absent) {
  std::vector<double> shares(loads.size());
  std::vector<bool> full(loads.size());
  double rest = static_cast<double>(absent);
  double weights = 0;
  for (const Load& load : loads) {
    if (!load.serves) continue;
    rest += load.sessions;
    rest += load.closing;
    weights += load.weight;
  }
  for (bool again = true; again && weights > 0;) {
    again = false;
    const double each = rest / weights;
    for (std::size_t i = 0; i < loads.size(); ++i) {
      const Load& load = loads[i];
      if (!load.serves || full[i]) continue;
      shares[i] = each * load.weight;
      if (load.most == 0 || shares[i] <= load.most) continue;
      shares[i] = load.most;
      full[i] = true;
      rest -= load.most;
      weights -= load.weight;
      again = true;
    }
  }
  return shares;
}

}  // namespace

Spread::Spread(std::span<const Load> loads, std::uint64_t absent)
    : shares_(shares_of(loads, absent)), surplus_(loads.size()) {
  for (std::size_t i = 0; i < loads.size(); ++i) {
    if (!loads[i].serves) continue;
    const double share = shares_[i];
    const auto kept = static_cast<std::uint32_t>(std::ceil(share));
    surplus_[i] = loads[i].sessions > kept ? loads[i].sessions - kept : 0;
    whole_ += surplus_[i];
    const double off = std::abs(loads[i].sessions - share);
    if (off > 1) furthest_ = std::max(furthest_, 100 * off / share);
  }
}

std::vector<std::uint32_t> deal(std::uint64_t count, std::span<const std::uint32_t> parts,
                                double turn) {
  std::vector<std::uint32_t> dealt(parts.size());
  double whole = 0;
  for (const std::uint32_t part : parts) whole += part;
  if (whole <= 0) return dealt;
  double passed = 0;
  double before = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    passed += parts[i];
    const double after = std::floor(static_cast<double>(count) * passed / whole + turn);
    dealt[i] = static_cast<std::uint32_t>(after - before);
    before = after;
  }
  return dealt;
}

std::uint64_t Absent::count(std::uint64_t sessions, std::uint64_t closed, Tick now) {
  while (!looks_.empty() && now > looks_.front().at + kMissed) looks_.pop_front();
  looks_.push_back({.sessions = sessions, .closed = closed, .at = now});
  std::uint64_t most = 0;
  for (const Look& look : looks_) most = std::max(most, look.sessions);
  return std::min(most - sessions, closed - looks_.front().closed);
}

Headway::Headway(std::uint64_t sessions, std::uint64_t surplus, std::size_t servers)
    : most_(std::max(sessions, kLeastPatience)),
      patience_(std::max(kLeastPatience, kPatiencePerServer * servers)),
      least_(surplus) {}

bool Headway::helps(std::uint64_t closed, std::uint64_t surplus) {
  if (surplus < least_) {
    least_ = surplus;
    closed_then_ = closed;
  }
  return closed < most_ && closed - closed_then_ < patience_;
}

}  // namespace balancer
