#pragma once

#include <atomic>
#include <cstdint>
#include <optional>

namespace balancer {

// A number of open sessions that must not be exceeded, shared by all workers without a lock. A
// worker that finds it reached stops accepting and is remembered; a slot that comes free resumes
// one of those.
class Limit {
 public:
  static constexpr std::uint32_t kMaxWorkers = 64;

  explicit Limit(std::uint32_t max) : max_(max) {}

  // Takes a slot. False: none is free, and `worker` is now among the paused.
  [[nodiscard]] bool take(std::uint32_t worker);

  // Gives a slot back. The answer is a worker to resume, in rotation, no longer among the paused:
  // it must try to take a slot, and release it again when it finds no client, so that the next one
  // is tried.
  [[nodiscard]] std::optional<std::uint32_t> release();

  // From now on it is `max`; of those who are above it nothing is taken away. The answer are the
  // workers to resume, a bit each, no longer among the paused: all of them, as several slots may
  // have come free.
  [[nodiscard]] std::uint64_t set_max(std::uint32_t max);

  // Whoever took a slot has found a use for it: what is taken now counts for most(). Slots that
  // other workers hold only to look for a client may be counted with it.
  void use();

  [[nodiscard]] std::uint32_t taken() const { return taken_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::uint32_t max() const { return max_.load(std::memory_order_relaxed); }

  // That were in use at a time.
  [[nodiscard]] std::uint32_t most() const { return most_.load(std::memory_order_relaxed); }
  void forget_most() { most_.store(taken(), std::memory_order_relaxed); }

 private:
  [[nodiscard]] bool try_take();

  std::atomic<std::uint32_t> max_;
  std::atomic<std::uint32_t> taken_ = 0;
  std::atomic<std::uint32_t> most_ = 0;
  std::atomic<std::uint64_t> paused_ = 0;  // a bit for each worker
  std::atomic<std::uint32_t> next_ = 0;    // where the rotation goes on
};

}  // namespace balancer
