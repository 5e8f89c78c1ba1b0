#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace lb::net {

// Something that wants to be woken at a time. Destroying it cancels.
class Timed {
 public:
  Timed() = default;
  Timed(const Timed&) = delete;
  Timed& operator=(const Timed&) = delete;

  // The time has come: never early, late by less than a slot when the wheel is advanced in time.
  virtual void on_due() = 0;

 protected:
  virtual ~Timed() { unlink(); }

 private:
  friend class TimerWheel;
  void unlink();

  Timed* previous_ = nullptr;
  Timed* next_ = nullptr;
  std::uint64_t due_ = 0;  // in slots
};

// A hierarchical timing wheel (Varghese and Lauck 1987, scheme 7): seven rings of 64 slots, the
// innermost of 10 ms each. Scheduling and cancelling are O(1). Time is an argument, in milliseconds
// of any steady clock.
class TimerWheel {
 public:
  static constexpr std::uint64_t kSlot = 10;  // milliseconds
  static constexpr std::uint64_t kNever = std::numeric_limits<std::uint64_t>::max();

  explicit TimerWheel(std::uint64_t now);
  TimerWheel(const TimerWheel&) = delete;
  TimerWheel& operator=(const TimerWheel&) = delete;

  // Wakes `timed` once at `due` or up to a slot later; what it was scheduled for before is
  // forgotten.
  void schedule(Timed& timed, std::uint64_t due);

  // The same, but it may come earlier: what is scheduled for an earlier time stays. For those who
  // look at the clock themselves, and move their deadline far more often than they meet it.
  void wake_by(Timed& timed, std::uint64_t due) {
    if (timed.next_ == nullptr || timed.due_ * kSlot > due) schedule(timed, due);
  }
  static void cancel(Timed& timed) { timed.unlink(); }
  [[nodiscard]] static bool is_scheduled(const Timed& timed) { return timed.next_ != nullptr; }

  // Wakes all that are due. They may schedule and destroy themselves and others.
  void advance(std::uint64_t now);

  // When advance() has something to do again, at the earliest; kNever while nothing is scheduled.
  [[nodiscard]] std::uint64_t next() const {
    return stop_.slot == kNever ? kNever : stop_.slot * kSlot;
  }

  // How many are scheduled; counts them one by one.
  [[nodiscard]] std::size_t scheduled() const;

 private:
  static constexpr unsigned kRings = 7;
  static constexpr unsigned kBits = 6;
  static constexpr unsigned kSlots = 1U << kBits;

  // The head of a circular list; never woken.
  struct Head final : Timed {
    void on_due() override {}
  };
  struct Ring {
    std::array<Head, kSlots> slots;
    std::uint64_t occupied = 0;  // a bit a slot; may be set for one whose last entry was cancelled
  };
  struct Stop {
    unsigned ring = 0;
    std::uint64_t slot = kNever;  // its first innermost slot
  };

  static void append(Head& head, Timed& timed);
  void place(Timed& timed);
  void empty_into(Head& from, Head& to);
  [[nodiscard]] Stop find_stop() const;

  std::uint64_t current_;  // the innermost slot that was woken last
  Stop stop_;              // where advance() has something to do next
  std::array<Ring, kRings> rings_;
};

}  // namespace lb::net
