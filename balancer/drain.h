#pragma once

#include <algorithm>
#include <cstdint>

#include "balancer/policy.h"

namespace balancer {

// Who sent the last byte of a session, and when.
struct Talk {
  enum class Last : std::uint8_t { kNobody, kClient, kServer };
  Last last = Last::kNobody;
  Tick since = 0;  // the connection's begin while nobody has sent anything
};

// How little it costs a client to be closed now; the best comes first.
enum class Grade : std::uint8_t {
  kQuiet,     // it has its answer, or has not asked, and has been still for the quiet time
  kAnswered,  // an answer has just passed and nothing waits to be read: told in that very turn
  kStill,     // it spoke last, and has been still for five times the quiet time
  kBusy,
};
inline constexpr std::size_t kGrades = 4;

// What of it can be told by looking; never kAnswered.
[[nodiscard]] Grade grade(const Talk& talk, Tick quiet_time, Tick now);

// What is asked of a drain: the same on every worker.
struct DrainOrder {
  enum class Mode : std::uint8_t {
    kNatural,    // sessions end by themselves
    kDeadline,   // none is left at `deadline`
    kWhenQuiet,  // those that are quiet or have an answer are closed, the others go on
    kSurplus,    // as many as are granted: quiet ones, soon those with an answer
  };
  Mode mode = Mode::kNatural;
  Tick start = 0;
  Tick deadline = 0;       // of kDeadline
  std::uint32_t pace = 0;  // sessions closed a second, of all workers; 0: as the mode has it
  Tick quiet_time = 250;   // ms
  Tick idle_timeout = 0;   // ms after which a session is closed, whatever the mode; 0: none
};

// How fast the sessions that one worker has at a server are closed: a pure judgement of time and
// counts. With a deadline the pace is a line that ends before it, so that who is never quiet for
// long gets a last chance to be; from four fifths of the time on those that are left must go,
// evenly too. Otherwise it is so many a second, a twentieth of them where nothing is asked for; a
// time in which nobody could be closed is not made up for.
class DrainPace {
 public:
  // Of the `all` sessions at the server at the start, `mine` are this worker's. `phase` in [0, 1)
  // differs from worker to worker and server to server: where each has one session, they shall not
  // be closed at the same time.
  DrainPace(const DrainOrder& order, std::uint32_t mine, std::uint32_t all, double phase);

  // For how long a session has to be still now. It shrinks to an eighth as the deadline nears.
  [[nodiscard]] Tick quiet_time(Tick now) const;

  // How many sessions may be closed now, of `left`.
  struct Allowance {
    std::uint32_t quiet = 0;     // of grade kQuiet
    std::uint32_t answered = 0;  // of these, so many may be of grade kAnswered
    std::uint32_t any = 0;       // so many have to be closed now, whatever they do
    std::uint32_t idle = 0;      // of those that have been still for `idle_timeout`
  };
  [[nodiscard]] Allowance allow(std::uint32_t left, Tick now);

  // Of kSurplus: over this time from now on so many may be closed, in place of what is left of an
  // earlier grant.
  void grant(std::uint32_t count, Tick time, Tick now);

  // So many have been closed.
  void closed(std::uint32_t count) {
    credit_ = std::max(0.0, credit_ - count);
    used_ += count;
  }

 private:
  [[nodiscard]] double elapsed(Tick now) const;  // of the time to the deadline: 0 to 1
  [[nodiscard]] Allowance allow_by_line(std::uint32_t left, Tick now);
  [[nodiscard]] std::uint32_t allow_by_rate(std::uint32_t left, Tick now);
  [[nodiscard]] std::uint32_t allow_by_grant(std::uint32_t left, Tick now) const;

  DrainOrder order_;
  double mine_;
  double share_;  // of what is asked of all workers
  double phase_;
  double credit_;  // sessions that a rate allows; what is not used is soon lost
  Tick credited_;
  std::uint32_t rest_ = 0;  // left when those that are left have to go
  bool resting_ = false;
  std::uint32_t granted_ = 0;
  std::uint32_t used_ = 0;  // of that
  Tick granted_at_ = 0;
  Tick grant_time_ = 1;
};

}  // namespace balancer
