#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

#include "balancer/newcomers.h"
#include "balancer/policy.h"
#include "balancer/sticky_source.h"
#include "conf/model.h"

namespace balancer {

// A backend's policy and what must be done for it: clients that stick to their server do not come
// to it, newcomers are kept apart from one that floods, and tables are built without the lock. All
// but build() and the constructor requires the backend's lock.
class Chooser {
 public:
  // `config` outlives it.
  explicit Chooser(const conf::Backend& config);

  // As Policy::enroll(). Who sticks to the server that was there before sticks to this one.
  void enroll(ServerId server, std::uint32_t number, std::string_view name) {
    policy_->enroll(server, number, name);
  }

  // The server's weight, or whether it serves or is in slow start, has changed, or it is new.
  void set(ServerId server, Weight weight, bool serves, bool starting);

  void taken(ServerId server) { policy_->taken(server); }
  void released(ServerId server) { policy_->released(server); }
  void full(ServerId server);
  void free(ServerId server);
  void answered(ServerId server, std::chrono::microseconds after, Tick now) {
    policy_->answered(server, after, now);
  }

  // As Policy::pick().
  [[nodiscard]] std::optional<ServerId> choose(Key key, Tick now);

  // The same, but not `avoid`.
  [[nodiscard]] std::optional<ServerId> choose_other(Key key, Tick now, ServerId avoid);

  // The client for whom choose() or choose_other() answered last has a slot of this server, or a
  // place in its line: who sticks to a server sticks to this one. Whoever is sent away keeps his.
  void placed(Key key, ServerId server, Tick now) {
    if (sticky_) sticky_->placed(key, server, now);
  }

  [[nodiscard]] bool binds() const { return sticky_.has_value() || policy_->binds(); }
  [[nodiscard]] bool graded() const { return policy_->graded(); }

  // The policy's table, if it has one, does not show yet what was set.
  [[nodiscard]] bool stale() const { return tabled_ && adopted_ != version_; }

  // Brings the policy's table up to date with all that was set before the call. Takes `mutex`, the
  // backend's lock, twice: to copy 12 bytes a server, and to adopt; call it without. Costs its
  // caller one table at most, whatever others change meanwhile: when one of them has come with a
  // newer table, this one is not needed. Called once when all servers are known, which tells
  // whether there is a table at all.
  void build(std::mutex& mutex);

 private:
  struct Told {
    Weight weight = 0;
    bool known = false;
    bool serves = false;
    bool starting = false;
    bool full = false;
  };

  void tell(ServerId server);
  [[nodiscard]] std::optional<ServerId> known(Key key, Tick now, std::optional<ServerId> avoid);
  [[nodiscard]] std::optional<ServerId> place(Key key, Tick now);
  void hide(ServerId server, bool hidden);

  std::unique_ptr<Policy> policy_;
  std::optional<StickySource> sticky_;
  Newcomers newcomers_;
  std::vector<Told> told_;
  std::vector<Candidate> candidates_;  // for a table, as they were told
  std::uint64_t total_ = 0;            // weight of all who serve
  std::uint64_t version_ = 0;          // counts what was set that a table shows
  std::uint64_t adopted_ = 0;          // the version of the policy's table
  bool tabled_ = true;
};

}  // namespace balancer
