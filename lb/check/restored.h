#pragma once

#include <cstdint>
#include <optional>

#include "balancer/server.h"

namespace lb::check {

// What a server was when a state file was written, as far as that is to be in force again.
struct Restored {
  enum class Health : std::uint8_t { kAsConfigured, kUp, kStopping, kDown };

  std::optional<balancer::Admin> admin = {};
  std::optional<std::uint32_t> weight = {};
  std::optional<std::uint32_t> maxconn = {};
  std::optional<conf::Address> address = {};
  Health health = Health::kAsConfigured;
  bool agent_down = false;
  bool checks_off = false;
  bool agent_off = false;
  friend bool operator==(const Restored&, const Restored&) = default;
};

}  // namespace lb::check
