#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "balancer/number_set.h"
#include "balancer/policy.h"

namespace balancer {

// The first server in the order of their ids that has a free slot, so that the last ones have
// nothing to do and may be switched off (HAProxy's configuration manual, "balance first"). Weights
// do not count, but weight 0 still means no new sessions. Without a maxconn the first has
// everything.
class First final : public Policy {
 public:
  // `ids` of the servers in the order of the file; of equal ones the first in the file comes first.
  // A server that comes without an id stands behind them.
  explicit First(std::span<const std::uint32_t> ids);

  void enroll(ServerId server, std::uint32_t number, std::string_view name) override;
  void set(ServerId server, Weight weight, bool usable) override;
  void taken(ServerId server) override;
  void released(ServerId server) override;
  void full(ServerId server) override;
  void free(ServerId server) override;
  [[nodiscard]] std::optional<ServerId> pick(Key key, Tick now) override;
  [[nodiscard]] bool graded() const override { return false; }

 private:
  static constexpr std::uint32_t kNoId = UINT32_MAX;

  struct Slot {
    std::uint32_t rank = 0;  // in the order of the ids
    bool usable = false;     // and not of weight 0
    bool full = false;
  };

  void add();
  void rank();
  void follow(const Slot& slot);

  std::vector<std::uint32_t> ids_;
  std::vector<Slot> slots_;
  std::vector<ServerId> by_rank_;
  NumberSet running_;  // the ranks of those that may be picked
};

}  // namespace balancer
