#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "balancer/drain.h"
#include "balancer/policy.h"
#include "conf/address.h"
#include "lb/net/address.h"
#include "lb/net/loop.h"

namespace lb::proxy {

// How far a session has come, for whoever looks from outside.
enum class SessionState : std::uint8_t { kHandshake, kQueued, kConnecting, kOpen, kClosing };

// "handshake", "queued", "connecting", "open", "closing"
[[nodiscard]] constexpr std::string_view name_of(SessionState state) {
  constexpr std::string_view kNames[] = {"handshake", "queued", "connecting", "open", "closing"};
  return kNames[static_cast<std::size_t>(state)];
}

// What a session holds of the process. Descriptors are -1 where there is none.
struct SessionHoldings {
  int client = -1;
  int server = -1;
  std::array<int, 4> pipes = {-1, -1, -1, -1};  // both ends, of each direction
  std::size_t blocks = 0;                       // of bytes that a side did not take yet
  std::size_t block_bytes = 0;
};

// A session as it is at this moment. A plain value: its names point into the configuration.
struct SessionView {
  std::uint64_t id = 0;
  std::string_view frontend;
  std::string_view backend;  // empty: none was chosen yet, as is the server
  std::string_view server;
  balancer::ServerId server_id = 0;  // where `connects`
  bool connects = false;             // or is connected, to the server
  net::Peer client;
  conf::Address server_address;  // where `connects`
  net::Tick accepted = 0;
  net::Tick last_byte = 0;  // or when it was connected, or else accepted
  std::uint64_t bytes_to_server = 0;
  std::uint64_t bytes_to_client = 0;
  balancer::Talk::Last last = balancer::Talk::Last::kNobody;
  SessionState state = SessionState::kOpen;
  std::uint32_t retries = 0;
};

}  // namespace lb::proxy
