#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cstdint>
#include <deque>
#include <utility>
#include <variant>
#include <vector>

#include "balancer/backend.h"
#include "conf/algorithm.h"
#include "test/unit/balancer/random.h"
#include "test/unit/balancer/support.h"

using balancer::Admin;
using balancer::Facts;
using balancer::Health;
using balancer::Lease;
using balancer::None;
using balancer::ServerId;
using balancer::Wait;
using balancer::Waiter;

namespace {

// A backend beside a slow obvious account of what it has given to whom.
class Account {
 public:
  Account(conf::Backend config, std::uint32_t seed)
      : config_(std::move(config)), backend_(config_, waker_), random_(seed) {
    for (const conf::Server& server : config_.servers) facts_.push_back(balancer::facts_of(server));
  }

  void step() {
    switch (random_.below(10)) {
      case 0:
      case 1:
      case 2:
        return pick();
      case 3:
        return pick_other();
      case 4:
      case 5:
      case 6:
        return release();
      case 7:
        return leave();
      default:
        return update();
    }
  }

  void check() const {
    const auto views = backend_.view();
    for (ServerId id = 0; id < views.size(); ++id) {
      if (views[id].open != open(id)) FAIL("sessions counted on server " << id);
      const std::uint32_t maxconn = config_.servers[id].maxconn;
      if (maxconn != 0 && views[id].open > maxconn) FAIL("server " << id << " beyond its limit");
      if (!waiting_.empty() && free(id)) FAIL("a free slot beside a waiter on server " << id);
    }
    if (backend_.queued() != waiting_.size()) FAIL("waiters counted");
  }

 private:
  void pick() {
    const Waiter who = {.worker = 1, .slot = next_++, .generation = 7};
    const bool possible = any_free();
    auto choice = backend_.pick({}, who, 0);
    if (auto* held = std::get_if<Lease>(&choice)) {
      if (!possible || !free(held->server())) FAIL("picked a server without a free slot");
      leases_.push_back(std::move(*held));
    } else if (const auto* place = std::get_if<Wait>(&choice)) {
      if (possible || !any_serves()) FAIL("made to wait for nothing");
      waiting_.push_back({place->ticket, who});
    } else if (any_serves()) {
      FAIL("none, though a server serves");
    }
    collect();
  }

  void pick_other() {
    const ServerId avoid = some_server();
    bool possible = false;
    for (ServerId id = 0; id < facts_.size(); ++id) possible |= id != avoid && free(id);
    Lease other = backend_.pick_other({}, avoid, 1, 0);
    if (static_cast<bool>(other) != possible) FAIL("another server, or its lack");
    if (other) {
      if (other.server() == avoid || !free(other.server())) FAIL("picked the wrong other server");
      leases_.push_back(std::move(other));
    }
    collect();
  }

  void release() {
    if (leases_.empty()) return;
    std::swap(leases_[random_.below(static_cast<std::uint32_t>(leases_.size()))], leases_.back());
    Lease ending = std::move(leases_.back());
    leases_.pop_back();
    const ServerId id = ending.server();
    const auto left = ending.end();
    if (left.server != open(id) || left.backend != leases_.size() + waiting_.size())
      FAIL("what is left");
    collect();
  }

  void leave() {
    if (waiting_.empty()) return;
    const auto who = waiting_.begin() + random_.below(static_cast<std::uint32_t>(waiting_.size()));
    if (!backend_.leave(who->ticket)) FAIL("a waiter could not leave");
    if (backend_.leave(who->ticket)) FAIL("a waiter left twice");
    waiting_.erase(who);
    collect();
  }

  void update() {
    const ServerId id = some_server();
    Facts& facts = facts_[id];
    switch (random_.below(4)) {
      case 0:
        facts.admin = random_.below(2) == 0 ? Admin::kReady : static_cast<Admin>(random_.below(3));
        break;
      case 1:
        facts.health = random_.below(2) == 0 ? Health::kUp : static_cast<Health>(random_.below(4));
        break;
      case 2:
        facts.operator_weight = random_.below(5);
        break;
      default:
        facts.agent_percent = random_.below(120);
    }
    backend_.update(id, [&facts](Facts& theirs) { theirs = facts; }, 0);
    collect();
  }

  // Takes in the grants of this step. Some waiters turn out to be gone; theirs goes to the next.
  void collect() {
    for (std::size_t i = 0; i < waker_.grants.size(); ++i) {
      if (waiting_.empty() || waker_.grants[i].to != waiting_.front().who)
        FAIL("granted out of turn");
      if (backend_.leave(waiting_.front().ticket)) FAIL("in the queue after its grant");
      waiting_.pop_front();
      if (random_.below(4) == 0) {
        waker_.grants[i].lease.end();
      } else {
        leases_.push_back(std::exchange(waker_.grants[i].lease, Lease{}));
      }
    }
    waker_.grants.clear();
  }

  ServerId some_server() { return random_.below(static_cast<std::uint32_t>(facts_.size())); }

  [[nodiscard]] std::uint32_t open(ServerId id) const {
    return static_cast<std::uint32_t>(
        std::ranges::count_if(leases_, [id](const Lease& held) { return held.server() == id; }));
  }

  [[nodiscard]] bool usable(ServerId id) const {
    const bool known = !conf::is_static(config_.balance) || facts_[id].weight > 0;
    return known && balancer::standing(facts_[id]).usable;
  }

  [[nodiscard]] bool serves(ServerId id) const {
    if (!usable(id)) return false;
    if (!facts_[id].backup) return true;
    for (ServerId other = 0; other < facts_.size(); ++other) {
      if (usable(other) && (!facts_[other].backup || other < id)) return false;
    }
    return true;
  }

  [[nodiscard]] bool free(ServerId id) const {
    const std::uint32_t maxconn = config_.servers[id].maxconn;
    return serves(id) && (maxconn == 0 || open(id) < maxconn);
  }

  [[nodiscard]] bool any_serves() const {
    for (ServerId id = 0; id < facts_.size(); ++id) {
      if (serves(id)) return true;
    }
    return false;
  }

  [[nodiscard]] bool any_free() const {
    for (ServerId id = 0; id < facts_.size(); ++id) {
      if (free(id)) return true;
    }
    return false;
  }

  struct Waiting {
    std::uint64_t ticket;
    Waiter who;
  };

  conf::Backend config_;
  GrantList waker_;
  TestBackend backend_;
  Random random_;
  std::vector<Facts> facts_;
  std::vector<Lease> leases_;
  std::deque<Waiting> waiting_;
  std::uint32_t next_ = 0;
};

conf::Backend some_backend(std::uint32_t seed) {
  Random random(seed);
  std::vector<conf::Server> servers(1 + random.below(8));
  for (conf::Server& server : servers) {
    server.weight = random.below(4);
    server.maxconn = seed % 5 == 0 ? random.below(3) : 1 + random.below(3);
    server.backup = random.below(3) == 0;
    server.disabled = random.below(5) == 0;
  }
  conf::Backend config = backend_of(std::move(servers));
  constexpr std::array kUnbound = {
      conf::Algorithm::kRoundRobin, conf::Algorithm::kLeastConnections,
      conf::Algorithm::kFirst,      conf::Algorithm::kRandom,
      conf::Algorithm::kPeakEwma,   conf::Algorithm::kStaticRoundRobin};
  config.balance.by = kUnbound.at(seed % kUnbound.size());
  for (std::uint32_t id = 0; id < config.servers.size(); ++id) config.servers[id].id = id + 1;
  return config;
}

}  // namespace

TEST_CASE("a backend keeps its books after any sequence of pick, release, leave and update",
          "[balancer]") {
  const auto seed = GENERATE(range(1U, 101U));
  CAPTURE(seed);
  Account account(some_backend(seed), seed);

  for (int i = 0; i < 3000; ++i) {
    CAPTURE(i);
    account.step();
    account.check();
  }
}
