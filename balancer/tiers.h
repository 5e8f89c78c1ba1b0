#pragma once

#include <cstdint>
#include <set>
#include <vector>

#include "balancer/policy.h"

namespace balancer {

// Which of the usable servers serve: those that are no backups, or, when none of them is left, the
// first backup in the order of the file, or all backups together where that is asked for.
class Tiers {
 public:
  explicit Tiers(bool all_backups) : all_backups_(all_backups) {}

  // A server became usable, or is usable no more. O(log n).
  void enter(ServerId server, bool backup);
  void quit(ServerId server, bool backup);

  [[nodiscard]] bool serves(ServerId server, bool backup) const;

  // The backups that serve now.
  [[nodiscard]] std::vector<ServerId> stand_ins() const;

  // How many are usable.
  [[nodiscard]] std::uint32_t actives() const { return actives_; }
  [[nodiscard]] std::uint32_t backups() const {
    return static_cast<std::uint32_t>(backups_.size());
  }

  // Nobody serves.
  [[nodiscard]] bool empty() const;

 private:
  bool all_backups_;
  std::uint32_t actives_ = 0;
  std::set<ServerId> backups_;
};

}  // namespace balancer
