#include "balancer/limit.h"

#include <array>
#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <semaphore>
#include <thread>
#include <vector>

using balancer::Limit;

namespace {

constexpr int kWorkers = 4;

// Workers that accept as the limit allows, and sleep until they are resumed when it does not.
class Crowd {
 public:
  Crowd(std::uint32_t max, int clients)
      : limit_(max), unserved_(kWorkers * clients), own_(clients) {}

  void run() {
    std::vector<std::jthread> threads;
    for (std::uint32_t id = 0; id < kWorkers; ++id) {
      threads.emplace_back([this, id] { work(id); });
    }
  }

  [[nodiscard]] bool exceeded() const { return exceeded_; }
  [[nodiscard]] std::uint32_t taken() const { return limit_.taken(); }

 private:
  void work(std::uint32_t id) {
    int clients = own_;
    while (unserved_ > 0) {
      if (!limit_.take(id)) {
        resumed_[id].acquire();
        continue;
      }
      if (++sessions_ > limit_.max()) exceeded_ = true;
      std::this_thread::yield();
      --sessions_;
      const bool served = clients > 0;
      if (served) --clients;
      resume(limit_.release());
      if (served && --unserved_ == 0) wake_all();
      if (clients == 0 && unserved_ > 0) resumed_[id].acquire();
    }
  }

  void resume(std::optional<std::uint32_t> worker) {
    if (worker) resumed_[*worker].release();
  }

  void wake_all() {
    for (auto& semaphore : resumed_) semaphore.release();
  }

  Limit limit_;
  std::atomic<int> unserved_;
  const int own_;
  std::atomic<std::uint32_t> sessions_ = 0;
  std::atomic<bool> exceeded_ = false;
  std::array<std::counting_semaphore<>, kWorkers> resumed_ = {
      std::counting_semaphore<>{0}, std::counting_semaphore<>{0}, std::counting_semaphore<>{0},
      std::counting_semaphore<>{0}};
};

}  // namespace

TEST_CASE("a limit gives out as many slots as it has", "[balancer]") {
  Limit limit(2);

  CHECK(limit.take(0));
  CHECK(limit.take(1));
  CHECK_FALSE(limit.take(2));
  CHECK(limit.taken() == 2);
  CHECK(limit.release() == 2U);
  CHECK(limit.take(2));
}

TEST_CASE("a release resumes nobody when nobody is paused", "[balancer]") {
  Limit limit(1);
  REQUIRE(limit.take(0));

  CHECK_FALSE(limit.release().has_value());
  CHECK(limit.taken() == 0);
}

TEST_CASE("paused workers are resumed in rotation, each once", "[balancer]") {
  Limit limit(1);
  REQUIRE(limit.take(5));
  for (const std::uint32_t worker : {0U, 3U, 63U}) REQUIRE_FALSE(limit.take(worker));

  CHECK(limit.release() == 0U);
  REQUIRE(limit.take(0));
  REQUIRE_FALSE(limit.take(1));
  CHECK(limit.release() == 1U);
  REQUIRE(limit.take(1));
  REQUIRE_FALSE(limit.take(0));
  CHECK(limit.release() == 3U);
  REQUIRE(limit.take(3));
  CHECK(limit.release() == 63U);
  REQUIRE(limit.take(63));
  CHECK(limit.release() == 0U);
  REQUIRE(limit.take(0));
  CHECK_FALSE(limit.release().has_value());
}

TEST_CASE("a worker that takes a slot is no longer among the paused", "[balancer]") {
  Limit limit(2);
  REQUIRE(limit.take(0));
  REQUIRE(limit.take(0));
  REQUIRE_FALSE(limit.take(1));
  REQUIRE_FALSE(limit.take(2));
  REQUIRE(limit.release() == 1U);

  REQUIRE(limit.take(2));

  CHECK_FALSE(limit.release().has_value());
}

TEST_CASE("under four threads every worker that waits for a slot is resumed, none takes too many",
          "[balancer]") {
  const auto max = GENERATE(1U, 2U, 3U);
  CAPTURE(max);
  Crowd crowd(max, 5'000);

  crowd.run();

  CHECK_FALSE(crowd.exceeded());
  CHECK(crowd.taken() == 0);
}

// The releasing worker does nothing more until the other has the slot, so a lost wake-up is for
// ever.
TEST_CASE("a slot released in the moment when another worker pauses is not lost", "[balancer]") {
  Limit limit(1);
  std::array<std::counting_semaphore<>, 2> resumed = {std::counting_semaphore<>{0},
                                                      std::counting_semaphore<>{0}};
  std::atomic<std::uint32_t> arrived = 0;
  std::atomic<bool> lost = false;
  REQUIRE(limit.take(0));

  const auto work = [&](std::uint32_t id) {
    for (std::uint32_t round = 0; round < 100'000 && !lost; ++round) {
      ++arrived;
      for (int spins = 0; arrived < 2 * (round + 1) && !lost; ++spins) {
        if (spins > 1000) std::this_thread::yield();
      }
      if (round % 2 == id) {
        for (std::atomic<std::uint32_t> delay = round % 67; delay > 0; --delay) continue;
        if (const auto worker = limit.release()) resumed[*worker].release();
      } else {
        while (!limit.take(id) && !lost) {
          if (!resumed[id].try_acquire_for(std::chrono::seconds{20})) lost = true;
        }
      }
    }
  };
  {
    const std::jthread one(work, 0U);
    const std::jthread other(work, 1U);
  }

  CHECK_FALSE(lost);
}

TEST_CASE("a slot counts for the most that were in use once it is of use", "[balancer]") {
  Limit limit(10);
  REQUIRE(limit.take(0));
  limit.use();
  REQUIRE(limit.take(0));
  static_cast<void>(limit.release());  // nobody came for it
  CHECK(limit.most() == 1);

  static_cast<void>(limit.release());
  limit.forget_most();

  CHECK(limit.most() == 0);
}

TEST_CASE("raising a limit resumes every worker that is paused, and there is room", "[balancer]") {
  Limit limit(1);
  REQUIRE(limit.take(7));
  REQUIRE_FALSE(limit.take(0));
  REQUIRE_FALSE(limit.take(63));

  CHECK(limit.set_max(3) == (std::uint64_t{1} << 63U | 1U));

  CHECK(limit.max() == 3);
  CHECK(limit.take(0));
  CHECK(limit.take(63));
  CHECK_FALSE(limit.take(1));
  CHECK(limit.set_max(3) == 2U);
}

TEST_CASE("a limit lowered below what is taken gives out nothing until there is less",
          "[balancer]") {
  Limit limit(3);
  for (int i = 0; i < 3; ++i) REQUIRE(limit.take(0));

  CHECK(limit.set_max(1) == 0);

  CHECK(limit.taken() == 3);
  static_cast<void>(limit.release());
  static_cast<void>(limit.release());
  CHECK_FALSE(limit.take(0));
  CHECK(limit.release() == 0U);
  CHECK(limit.take(0));
}

// The raising thread waits for the other to have the slot, so a lost wake-up is for ever.
TEST_CASE("a limit raised in the moment when a worker pauses is not missed", "[balancer]") {
  Limit limit(0);
  std::counting_semaphore<> resumed{0};
  std::atomic<std::uint32_t> taken = 0;
  std::atomic<bool> lost = false;
  constexpr std::uint32_t kRounds = 50'000;

  {
    const std::jthread worker([&] {
      for (std::uint32_t round = 1; round <= kRounds && !lost; ++round) {
        while (!limit.take(0) && !lost) {
          if (!resumed.try_acquire_for(std::chrono::seconds{20})) lost = true;
        }
        taken = round;
      }
    });
    for (std::uint32_t round = 1; round <= kRounds && !lost; ++round) {
      for (std::atomic<std::uint32_t> delay = round % 67; delay > 0; --delay) continue;
      if (limit.set_max(round) != 0) resumed.release();
      for (int spins = 0; taken < round && !lost; ++spins) {
        if (spins > 1000) std::this_thread::yield();
      }
    }
  }

  CHECK_FALSE(lost);
}
