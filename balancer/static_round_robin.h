#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "balancer/policy.h"
#include "conf/model.h"

namespace balancer {

// HAProxy's `static-rr`: turns in a fixed order, made once for the servers in use. Only the
// configured weights count; a server has its whole share or none. It goes on at the same turn when
// a new order comes. A server that is full, or not usable any more, loses its turns meanwhile.
class StaticRoundRobin final : public Policy {
 public:
  explicit StaticRoundRobin(const conf::Backend& config);

  void set(ServerId server, Weight weight, bool usable) override;
  void taken(ServerId server) override;
  void released(ServerId server) override;
  void full(ServerId server) override;
  void free(ServerId server) override;

  // However many servers are full, this looks at a number of turns that does not grow with theirs,
  // seen over many picks: at the turns that come next, or, where only a few servers are left, at
  // when each of these has its next turn.
  [[nodiscard]] std::optional<ServerId> pick(Key key, Tick now) override;
  [[nodiscard]] bool graded() const override { return false; }

  [[nodiscard]] std::unique_ptr<Table> build(std::span<const Candidate> candidates) const override;
  void adopt(std::unique_ptr<Table>& table) override;

 private:
  // Of servers, and of the turns that would be looked at in vain for each of them.
  static constexpr std::size_t kFew = 32;
  static constexpr std::uint32_t kNowhere = UINT32_MAX;

  struct Server {
    std::uint32_t place = kNowhere;  // among the available
    bool usable = false;
    bool full = false;
  };

  struct Order;

  void follow(ServerId id);
  [[nodiscard]] std::optional<std::size_t> next_of_all() const;
  [[nodiscard]] std::optional<std::size_t> next_of_few() const;

  const std::vector<std::uint32_t> slots_;
  std::vector<Server> servers_;
  std::vector<ServerId> available_;  // usable and not full
  std::unique_ptr<Table> table_;
  const Order* order_ = nullptr;  // table_, by its type
  std::size_t turn_ = 0;
};

}  // namespace balancer
