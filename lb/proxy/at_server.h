#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>

#include "balancer/drain.h"
#include "conf/model.h"
#include "lb/net/address.h"
#include "lb/proxy/on_server.h"
#include "lb/proxy/server.h"
#include "lb/telemetry/counters.h"

namespace lb::proxy {

class ServerDrain;

// What for a session is closed though both sides would go on.
enum class Leave : std::uint8_t {
  kNone,       // it has not been
  kDrain,      // its server's
  kRebalance,  // its server had more than its share
  kAge,        // its own
};

// What all drains of a server have come to, on one worker.
struct DrainTally {
  std::array<std::uint64_t, balancer::kGrades> closed{};  // by grade
  std::uint64_t moved = 0;  // still connected to it, and were sent to another server
  std::uint64_t raced = 0;  // clients that had sent something before our FIN reached them
  std::uint64_t raced_bytes = 0;
};

// A server as one worker sees it: where it connects to, its sessions there, and how it takes leave
// of them. Belongs to that worker, so that a new address needs neither a lock nor an atomic: it is
// posted to all of them.
struct AtServer {
  // An unresolved server is in maint and never chosen. `server` outlives it.
  AtServer(Server& server, std::size_t worker);
  ~AtServer();

  void move(const conf::Address& to);  // for those who connect from now on

  const conf::Server& config;
  const std::string_view name;
  telemetry::ServerCounters& counters;  // this worker's
  conf::Address address;
  net::SocketAddress target;  // the same for the kernel
  OnServer sessions;          // the head of their list
  OnServer parting;        // of those that have been closed, and whose clients have not ended yet
  std::uint32_t open = 0;  // sessions with a slot of it
  std::uint32_t parting_open = 0;  // of them, so many are parting
  bool leaving = false;            // it gets no new sessions, whatever was granted before
  DrainTally tally;
  std::unique_ptr<ServerDrain> drain;  // while there is one
};

}  // namespace lb::proxy
