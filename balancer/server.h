#pragma once

#include <cstdint>
#include <optional>

#include "balancer/policy.h"
#include "conf/model.h"

namespace balancer {

// What the operator wants of a server, the stricter the later.
enum class Admin : std::uint8_t {
  kReady,
  kDrain,  // no new sessions, those it has go on
  kMaint,  // as if it were not there
};

// What its checks say. Between up and down it is what it was until the checks agree.
enum class Health : std::uint8_t { kUp, kGoingDown, kDown, kGoingUp };

// All that decides whether a server gets new sessions, and how many. The three facts - admin,
// health, weights - change independently, and none overwrites another.
struct Facts {
  Admin admin = Admin::kReady;
  Admin inherited = Admin::kReady;  // what the operator wants of the server whose health it has
  bool lost = false;                // its address is unknown: as in maintenance
  Health health = Health::kUp;
  bool agent_down = false;   // its agent says so, whatever the checks say
  bool stopping = false;     // well, and wants no new sessions (HAProxy's NOLB)
  bool ejected = false;      // for what sessions have met
  bool on_trial = false;     // back from that: gets one session at a time until one goes well
  std::uint32_t weight = 1;  // configured, 0..256
  std::optional<std::uint32_t> operator_weight = {};  // 0..256; stands for the configured one
  std::uint32_t agent_percent = 100;  // of the weight in force; its result stays within 256
  std::uint32_t slow_percent = 100;   // what a slow server keeps of that
  std::uint32_t maxconn = 0;          // 0: no limit
  bool backup = false;
};

// Whether it is up, whoever may be let to it: what is told as UP or DOWN.
[[nodiscard]] bool is_up(const Facts& facts);

// The strictest of what is wanted of it, of the server that it tracks, and of one without address.
[[nodiscard]] Admin admin_of(const Facts& facts);

// What follows from the facts.
struct Standing {
  Weight weight = 0;    // effective; what it would be, too, while the server is not usable
  bool usable = false;  // may get new sessions, if its tier serves
  friend bool operator==(const Standing&, const Standing&) = default;
};

[[nodiscard]] Standing standing(const Facts& facts);

// The facts at start. One whose check has to bring it up first is down.
[[nodiscard]] Facts facts_of(const conf::Server& server);

}  // namespace balancer
