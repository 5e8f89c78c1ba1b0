#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "balancer/policy.h"
#include "balancer/recent_clients.h"

namespace balancer {

// Whose server is known from an earlier visit: at a client's first visit another policy chooses,
// and then the same server serves it at every visit within `expire` of the last one, even if it has
// to wait there, as long as the server is usable. When it is not, the other policy chooses again,
// and the client stays with the new one as soon as it has a slot or a place in a line there. As
// HAProxy's `stick on src`, but a server of weight 0 loses its clients.
//
// At most `entries` clients are remembered, in up to 48 bytes each. Whoever's key is not an address
// (a UNIX client has none) is not. Under the backend's lock, O(1), allocates nothing.
class StickySource {
 public:
  // `entries` is at least 1.
  StickySource(std::chrono::milliseconds expire, std::uint32_t entries)
      : clients_(entries, static_cast<Tick>(expire.count())) {}

  // A client comes: the server it is known for.
  [[nodiscard]] std::optional<ServerId> visit(Key client, Tick now);

  // The client of the last visit() is with this server from now on. Later calls change nothing, up
  // to the next visit.
  void placed(Key client, ServerId server, Tick now);

 private:
  RecentClients clients_;
  ServerId* known_ = nullptr;  // of the last visit
  bool visits_ = false;        // and it is not placed yet
};

}  // namespace balancer
