#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "balancer/availability.h"
#include "balancer/hash_ring.h"
#include "balancer/load_bound.h"
#include "balancer/policy.h"
#include "conf/model.h"

namespace balancer {

// HAProxy's `source` and `hash` with `hash-type consistent`: the point of the ring that is nearest
// to the key's number says the server. When a server comes or goes, only its own keys move; its
// share follows its weight. A client waits for its server when that is full; with a
// `hash-balance-factor` it goes to the next on the ring when its server has more than its part of
// the load.
class ConsistentHash final : public Policy {
 public:
  explicit ConsistentHash(const conf::Backend& config);

  void enroll(ServerId server, std::uint32_t number, std::string_view name) override;
  void set(ServerId server, Weight weight, bool usable) override;
  void taken(ServerId server) override;
  void released(ServerId server) override;
  void full(ServerId server) override;
  void free(ServerId server) override;

  // Without a key the points have their turns one after the other, and a full server loses its
  // turn. While the ring still has a server that is not usable any more, its keys go to the next.
  [[nodiscard]] std::optional<ServerId> pick(Key key, Tick now) override;
  [[nodiscard]] bool binds() const override { return true; }

  [[nodiscard]] std::unique_ptr<Table> build(std::span<const Candidate> candidates) const override;
  void adopt(std::unique_ptr<Table>& table) override;

 private:
  struct Ring final : Table {
    Ring(std::span<const std::uint32_t> ids, std::uint32_t percent,
         std::span<const Candidate> candidates)
        : points(ids, candidates), bound(percent, candidates) {}

    HashRing points;
    LoadBound bound;
  };

  [[nodiscard]] std::optional<ServerId> pick_without_key();
  [[nodiscard]] bool within_bound(ServerId server) const;

  const conf::Balance balance_;
  std::vector<std::uint32_t> ids_;
  Availability available_;
  std::vector<std::uint32_t> open_;  // sessions by server
  std::uint32_t all_open_ = 0;
  std::unique_ptr<Table> table_;
  const Ring* ring_ = nullptr;  // table_, by its type
  std::size_t turn_ = 0;        // for those without a key
};

}  // namespace balancer
