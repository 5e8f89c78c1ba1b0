#include <array>
#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "balancer/backend.h"
#include "test/unit/balancer/random.h"
#include "test/unit/balancer/support.h"

using balancer::Backend;
using balancer::Grant;
using balancer::Health;
using balancer::Lease;
using balancer::ServerId;
using balancer::Wait;
using balancer::Waiter;

namespace {

constexpr std::uint32_t kWorkers = 4;
constexpr std::uint32_t kServers = 5;
constexpr std::uint32_t kMaxconn = 2;

// Each worker's post, as a loop would have it.
class Mailboxes : public balancer::Waker {
 public:
  void granted(Grant grant) override {
    Box& box = boxes_[grant.to.worker];
    const std::lock_guard lock(box.mutex);
    box.grants.push_back(std::move(grant));
  }

  std::vector<Grant> empty(std::uint32_t worker) {
    const std::lock_guard lock(boxes_[worker].mutex);
    return std::exchange(boxes_[worker].grants, {});
  }

 private:
  struct Box {
    std::mutex mutex;
    std::vector<Grant> grants;
  };
  std::array<Box, kWorkers> boxes_;
};

conf::Backend limited(conf::Balance balance, bool elastic) {
  conf::Backend config = backend_of(kServers, kMaxconn);
  config.balance = balance;
  config.balance.table_size = 251;
  config.balance.avalanche = true;
  config.fullconn = kServers * kMaxconn;
  config.redispatch = 1;
  for (conf::Server& server : config.servers) {
    server.minconn = elastic ? 1 : 0;
    server.slow_start = std::chrono::milliseconds{50};
  }
  for (std::uint32_t id = 0; id < kServers; ++id) {
    config.servers[id].id = id + 1;
    config.servers[id].name = std::string(1, static_cast<char>('a' + id));
  }
  return config;
}

std::array<std::uint8_t, 4> address(std::uint32_t number) {
  return {10, 0, static_cast<std::uint8_t>(number >> 8), static_cast<std::uint8_t>(number)};
}

struct Stage {
  Stage(conf::Balance balance, bool elastic) : config(limited(balance, elastic)) {}
  Mailboxes mailboxes;
  conf::Backend config;
  Backend backend = Backend(config, mailboxes, 0);
  std::array<std::atomic<std::uint32_t>, kServers> connected{};
  std::atomic<std::uint32_t> beyond_limit = 0;
  std::atomic<std::uint32_t> served = 0;
  std::atomic<std::uint32_t> left = 0;
};

// One worker: sessions that begin, wait, lose patience and end at random.
class Worker {
 public:
  Worker(Stage& stage, std::uint32_t id) : stage_(stage), id_(id), random_(id) {}

  void run(std::uint32_t sessions) {
    while (begun_ < sessions || !open_.empty() || !waiting_.empty()) {
      receive();
      if (begun_ < sessions && open_.size() + waiting_.size() < 6) begin();
      if (!waiting_.empty() && random_.below(16) == 0) lose_patience();
      if (!open_.empty() && random_.below(2) == 0) end();
      if (random_.below(32) == 0) flap();
      if (open_.empty()) std::this_thread::yield();
    }
  }

  // A grant may still arrive for a session that has left.
  void receive() {
    for (Grant& grant : stage_.mailboxes.empty(id_)) {
      const auto waiting = std::ranges::find(waiting_, grant.to.slot, &Waiting::slot);
      if (waiting == waiting_.end()) continue;
      waiting_.erase(waiting);
      connect(std::move(grant.lease));
    }
  }

 private:
  struct Waiting {
    std::uint64_t ticket;
    std::uint32_t slot;
  };

  void begin() {
    const Waiter who = {.worker = id_, .slot = ++begun_, .generation = 0};
    auto choice = stage_.backend.pick(address(random_.below(1000)), who, begun_);
    if (auto* held = std::get_if<Lease>(&choice)) {
      connect(std::move(*held));
    } else if (const auto* place = std::get_if<Wait>(&choice)) {
      waiting_.push_back({place->ticket, who.slot});
    }
  }

  void connect(Lease held) {
    if (++stage_.connected[held.server()] > kMaxconn) ++stage_.beyond_limit;
    ++stage_.served;
    open_.push_back(std::move(held));
  }

  void lose_patience() {
    stage_.backend.leave(waiting_.front().ticket);
    ++stage_.left;
    waiting_.erase(waiting_.begin());
  }

  void end() {
    if (random_.below(8) == 0) {
      Lease other =
          stage_.backend.pick_other(address(random_.below(1000)), open_.back().server(), 1, begun_);
      if (other) connect(std::move(other));
    }
    --stage_.connected[open_.back().server()];
    open_.pop_back();
  }

  void flap() {
    const auto server = random_.below(kServers);
    const Health health = random_.below(4) == 0 ? Health::kDown : Health::kUp;
    set_health(stage_.backend, server, health, begun_);
    if (random_.below(2) == 0) stage_.backend.step(begun_);
  }

  Stage& stage_;
  const std::uint32_t id_;
  Random random_;
  std::uint32_t begun_ = 0;
  std::vector<Lease> open_;
  std::vector<Waiting> waiting_;
};

// How many servers serve one of a thousand clients, once all are well.
std::size_t reachable(Backend& backend) {
  for (ServerId id = 0; id < kServers; ++id) set_health(backend, id, Health::kUp, 10'000);
  backend.step(20'000);
  std::set<ServerId> servers;
  for (std::uint32_t i = 0; i < 1000; ++i)
    servers.insert(lease(backend.pick(address(i), {}, 20'000)).server());
  return servers.size();
}

}  // namespace

TEST_CASE("four workers share a backend: no session beyond a limit, none lost, none left over",
          "[balancer]") {
  using enum conf::Algorithm;
  const conf::Balance balance = GENERATE(values<conf::Balance>({
      {.by = kRoundRobin},
      {.by = kStaticRoundRobin},
      {.by = kLeastConnections},
      {.by = kFirst},
      {.by = kSource},
      {.by = kHash, .hash_type = conf::HashType::kConsistent},
      {.by = kHash, .hash_type = conf::HashType::kConsistent, .balance_factor = 120},
      {.by = kRandom},
      {.by = kMaglev},
      {.by = kPeakEwma},
      {.by = kStickySource, .first_visit = kLeastConnections},
      {.by = kStickySource, .first_visit = kMaglev},
  }));
  const bool elastic = GENERATE(false, true);
  CAPTURE(static_cast<int>(balance.by), elastic);
  Stage stage(balance, elastic);
  std::vector<std::unique_ptr<Worker>> workers;
  for (std::uint32_t id = 0; id < kWorkers; ++id) {
    workers.push_back(std::make_unique<Worker>(stage, id));
  }

  std::vector<std::jthread> threads;
  for (auto& worker : workers) threads.emplace_back([&worker] { worker->run(500); });
  threads.clear();
  for (auto& worker : workers) worker->receive();

  CHECK(stage.beyond_limit == 0);
  CHECK(stage.served > 500);
  CHECK(stage.left > 0);
  CHECK(stage.backend.queued() == 0);
  for (const auto& view : stage.backend.view()) CHECK(view.open == 0);
  CHECK(reachable(stage.backend) == (balance.by == kFirst ? 1 : kServers));
}

TEST_CASE("four workers, one slot: everybody who waits is served", "[balancer]") {
  Mailboxes mailboxes;
  const conf::Backend config = backend_of(1, 1);
  Backend backend(config, mailboxes, 0);
  constexpr std::uint32_t kSessions = 5'000;
  std::atomic<std::uint32_t> served = 0;

  const auto work = [&](std::uint32_t id) {
    for (std::uint32_t slot = 0; slot < kSessions; ++slot) {
      auto choice = backend.pick({}, {.worker = id, .slot = slot, .generation = 0}, 0);
      while (std::holds_alternative<Wait>(choice)) {
        for (Grant& grant : mailboxes.empty(id)) choice = std::move(grant.lease);
        std::this_thread::yield();
      }
      ++served;
    }
  };
  std::vector<std::jthread> threads;
  for (std::uint32_t id = 0; id < kWorkers; ++id) threads.emplace_back(work, id);
  threads.clear();

  CHECK(served == kWorkers * kSessions);
  CHECK(backend.view()[0].picked == kWorkers * kSessions);
}
