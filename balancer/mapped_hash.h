#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "balancer/availability.h"
#include "balancer/policy.h"
#include "balancer/weighted_map.h"
#include "conf/model.h"

namespace balancer {

// HAProxy's `source` and `hash` with `hash-type map-based`: the key's number modulo the size of the
// weighted map says the turn, and whose turn it is serves. Shares are as exact as the hash is even;
// when a server comes or goes, nearly all keys move. Only the configured weights count. A client
// waits for its server when that is full.
class MappedHash final : public Policy {
 public:
  explicit MappedHash(const conf::Backend& config)
      : balance_(config.balance), slots_(map_slots(config)) {}

  void set(ServerId server, Weight weight, bool usable) override;
  void taken(ServerId server) override;
  void released(ServerId server) override;
  void full(ServerId server) override;
  void free(ServerId server) override;

  // Without a key the turns are had one after the other, and a full server loses its turn. While
  // the map still has a server that is not usable any more, the next turn counts instead.
  [[nodiscard]] std::optional<ServerId> pick(Key key, Tick now) override;
  [[nodiscard]] bool binds() const override { return true; }
  [[nodiscard]] bool graded() const override { return false; }

  [[nodiscard]] std::unique_ptr<Table> build(std::span<const Candidate> candidates) const override;
  void adopt(std::unique_ptr<Table>& table) override;

 private:
  const conf::Balance balance_;
  const std::vector<std::uint32_t> slots_;
  Availability available_;
  std::unique_ptr<Table> table_;
  const WeightedMap* map_ = nullptr;  // table_, by its type
  std::size_t turn_ = 0;              // for those without a key
};

}  // namespace balancer
