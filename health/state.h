#pragma once

#include <cstdint>

#include "conf/check.h"

namespace health {

// What the checks of one server have come to: HAProxy's lives (configuration.txt, `rise`, `fall`;
// management.txt, check_health). There are rise + fall - 1 of them. A success gives one and, with
// `rise` of them, all; a failure takes one and, below `rise`, all. Up is who has `rise` or more.
class State {
 public:
  State(std::uint32_t rise, std::uint32_t fall, conf::InitState init);

  // What a result has changed.
  enum class Change : std::uint8_t { kNone, kUp, kDown };
  [[nodiscard]] Change record(conf::CheckResult result);

  // The next failure leaves it one life, and the one after that takes it down, if it is up: what
  // HAProxy's `on-error sudden-death` calls a pre-fatal one (check.c, __health_adjust()).
  void expect_the_worst();

  // A failure takes it down at once.
  [[nodiscard]] Change fail_now();

  // Somebody who knows says that it is up, with all lives, or down, with none.
  void force(bool up) { lives_ = up ? most() : 0; }

  [[nodiscard]] bool up() const { return lives_ >= rise_; }

  // How soon to look again.
  enum class Pace : std::uint8_t { kNormal, kFast, kDown };
  [[nodiscard]] Pace pace() const;

  // As HAProxy writes them: "UP 2/3" is 2 failures more and it is down, "DOWN 1/2" has had 1 of the
  // 2 successes it needs.
  [[nodiscard]] std::uint32_t step() const { return up() ? lives_ - rise_ + 1 : lives_; }
  [[nodiscard]] std::uint32_t steps() const { return up() ? fall_ : rise_; }
  [[nodiscard]] std::uint32_t lives() const { return lives_; }

 private:
  [[nodiscard]] std::uint32_t most() const { return rise_ + fall_ - 1; }

  std::uint32_t rise_;
  std::uint32_t fall_;
  std::uint32_t lives_;
};

}  // namespace health
