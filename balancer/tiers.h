#pragma once

#include <cstdint>
#include <optional>
#include <set>

#include "balancer/policy.h"

namespace balancer {

// Which of the usable servers serve: those that are no backups, or, when none of them is left, the
// first backup in the order of the file.
class Tiers {
 public:
  // A server became usable, or is usable no more. O(log n).
  void enter(ServerId server, bool backup);
  void quit(ServerId server, bool backup);

  [[nodiscard]] bool serves(ServerId server, bool backup) const;

  // The backup that serves now.
  [[nodiscard]] std::optional<ServerId> stand_in() const;

  // Nobody serves.
  [[nodiscard]] bool empty() const;

 private:
  std::uint32_t actives_ = 0;
  std::set<ServerId> backups_;
};

}  // namespace balancer
