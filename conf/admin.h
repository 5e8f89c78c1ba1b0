#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "conf/address.h"
#include "conf/place.h"

// Where the runtime API is spoken, and what its clients may do there.
namespace conf {

// What a client may do, HAProxy's words; each may do what those before it may.
enum class AdminLevel : std::uint8_t { kUser, kOperator, kAdmin };

// "user", "operator", "admin"
[[nodiscard]] constexpr std::string_view name_of(AdminLevel level) {
  constexpr std::string_view kNames[] = {"user", "operator", "admin"};
  return kNames[static_cast<std::size_t>(level)];
}

struct AdminSocket {
  Address address;            // a UNIX path, or TCP on a loopback address
  std::uint32_t mode = 0600;  // of a UNIX socket, as are user and group
  std::string user;           // who owns it; empty: who starts the process
  std::string group;          // empty: the group of who starts the process
  AdminLevel level = AdminLevel::kUser;
  std::chrono::milliseconds timeout =
      std::chrono::seconds{10};  // a client that says or takes nothing for so long is left
  std::uint32_t maxconn = 100;   // clients at once; more of them wait
  Place place;
};

}  // namespace conf
