#pragma once

#include <cstdint>

#include "bench/load/histogram.h"
#include "bench/load/loop.h"

namespace bench {

// What the load has done. Counts run from the start, and a measurement takes the difference;
// durations are kept only of round trips meant to begin between begin_window() and end_window().
struct Tally {
  std::uint64_t round_trips = 0;
  std::uint64_t connections = 0;  // connect, message, answer, both FINs
  std::uint64_t downloaded = 0;   // bytes
  std::uint64_t failures = 0;     // sessions that ended otherwise than meant
  Histogram round_trip;

  void begin_window(Clock::time_point now) { from_ = now; }
  void end_window(Clock::time_point now) { to_ = now; }

  void add_round_trip(Clock::time_point meant, Clock::time_point now) {
    ++round_trips;
    if (in_window(meant)) round_trip.record(now - meant);
  }

 private:
  [[nodiscard]] bool in_window(Clock::time_point meant) const {
    return meant >= from_ && meant < to_;
  }

  Clock::time_point from_ = Clock::time_point::max();
  Clock::time_point to_ = Clock::time_point::max();
};

}  // namespace bench
