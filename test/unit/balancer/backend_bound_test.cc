#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "balancer/backend.h"
#include "test/unit/balancer/random.h"
#include "test/unit/balancer/support.h"

using balancer::Admin;
using balancer::Lease;
using balancer::ServerId;
using balancer::Wait;

namespace {

constexpr std::uint32_t kServers = 5;

// Clients that are bound to servers by their addresses come, wait, leave and end, while servers
// come and go.
class Town {
 public:
  Town(conf::Backend config, std::uint32_t seed)
      : config_(std::move(config)), backend_(config_, waker_), random_(seed) {}

  void step() {
    const std::uint32_t what = random_.below(12);
    if (what < 6) return come();
    if (what < 9) return end();
    if (what < 11) return leave();
    const auto server = static_cast<ServerId>(random_.below(kServers));
    set_admin(backend_, server, static_cast<Admin>(random_.below(3)), ++now_);
    collect();
  }

  void check() const {
    std::uint32_t open = 0;
    const auto views = backend_.view();
    std::uint32_t in_lines = 0;
    bool any_serves = false;
    bool any_free = false;
    for (ServerId id = 0; id < kServers; ++id) {
      const auto& server = config_.servers[id];
      const bool serves = views[id].facts.admin == Admin::kReady;
      any_serves |= serves;
      any_free |= serves && views[id].open < server.maxconn;
      open += views[id].open;
      in_lines += views[id].queued;
      if (views[id].open > server.maxconn) FAIL("server " << id << " beyond its limit");
      if (views[id].queued == 0) continue;
      if (!serves) FAIL("somebody waits for server " << id << ", which serves nobody");
      if (views[id].open < server.maxconn) FAIL("a free slot beside a waiter at server " << id);
    }
    if (open != leases_.size()) FAIL("sessions counted");
    if (backend_.queued() != tickets_.size()) FAIL("waiters counted");
    const bool anybody = backend_.queued() != in_lines;
    if (anybody && any_free) FAIL("a free slot beside who takes any server");
    const bool unknown = config_.balance.by == conf::Algorithm::kStickySource;  // to be placed
    if (anybody && any_serves && !unknown) FAIL("who is bound waits for any server");
  }

  void finish() {
    while (!leases_.empty()) end();
    for (ServerId id = 0; id < kServers; ++id) set_admin(backend_, id, Admin::kReady, ++now_);
    collect();
    while (!leases_.empty()) end();
  }

 private:
  void come() {
    const std::array<std::uint8_t, 4> address = {10, 0, 0,
                                                 static_cast<std::uint8_t>(random_.below(40))};
    auto choice = backend_.pick(address, {.worker = 0, .slot = next_++, .generation = 0}, ++now_);
    if (auto* lease = std::get_if<Lease>(&choice)) leases_.push_back(std::move(*lease));
    if (const auto* wait = std::get_if<Wait>(&choice))
      tickets_.push_back({wait->ticket, next_ - 1});
    collect();
  }

  void end() {
    if (leases_.empty()) return;
    std::swap(leases_[random_.below(static_cast<std::uint32_t>(leases_.size()))], leases_.back());
    leases_.pop_back();
    collect();
  }

  void leave() {
    if (tickets_.empty()) return;
    const auto who = tickets_.begin() + random_.below(static_cast<std::uint32_t>(tickets_.size()));
    if (!backend_.leave(who->first)) FAIL("a waiter could not leave");
    tickets_.erase(who);
    collect();
  }

  void collect() {
    for (std::size_t i = 0; i < waker_.grants.size(); ++i) {
      const std::uint32_t slot = waker_.grants[i].to.slot;
      if (std::erase_if(tickets_, [slot](const auto& one) { return one.second == slot; }) != 1)
        FAIL("a grant for somebody who does not wait");
      leases_.push_back(std::exchange(waker_.grants[i].lease, Lease{}));
    }
    waker_.grants.clear();
  }

  conf::Backend config_;
  GrantList waker_;
  TestBackend backend_;
  Random random_;
  std::vector<Lease> leases_;
  std::vector<std::pair<std::uint64_t, std::uint32_t>> tickets_;  // and the slot
  std::uint32_t next_ = 0;
  balancer::Tick now_ = 0;
};

conf::Backend bound(std::uint32_t seed) {
  Random random(seed);
  std::vector<conf::Server> servers(kServers);
  for (std::uint32_t id = 0; id < kServers; ++id) {
    servers[id].name = std::string(1, static_cast<char>('a' + id));
    servers[id].id = id + 1;
    servers[id].weight = 1 + random.below(3);
    servers[id].maxconn = 1 + random.below(3);
    servers[id].maxqueue = random.below(4);
  }
  conf::Backend config = backend_of(std::move(servers));
  constexpr std::array kBinding = {conf::Algorithm::kSource, conf::Algorithm::kHash,
                                   conf::Algorithm::kMaglev, conf::Algorithm::kStickySource};
  config.balance.by = kBinding.at(seed % kBinding.size());
  config.balance.entries = 30;
  config.balance.table_size = 251;
  if (seed % 3 == 0) config.balance.hash_type = conf::HashType::kConsistent;
  return config;
}

}  // namespace

TEST_CASE("bound clients wait only for servers that serve and are full, whatever comes and goes",
          "[balancer]") {
  const auto seed = GENERATE(range(1U, 41U));
  CAPTURE(seed);
  Town town(bound(seed), seed);

  for (int i = 0; i < 1000; ++i) {
    CAPTURE(i);
    town.step();
    town.check();
  }
  town.finish();
  town.check();
}
