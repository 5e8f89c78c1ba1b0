#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace balancer {

// Index of a server in its backend. Stable while a Lease on that server lives.
using ServerId = std::uint32_t;

// Effective weight. HAProxy's scale: 16 per configured unit, so that percentages and slow start
// have steps between; 0 means no new sessions.
using Weight = std::uint32_t;
inline constexpr Weight kWeightScale = 16;
inline constexpr Weight kMaxWeight = 256 * kWeightScale;

// What is known of the client: the bytes of its source address (4, 16, or none for UNIX).
using Key = std::span<const std::uint8_t>;

// Chooses a server for each new session. Called under its backend's lock, so no policy needs a lock
// or an atomic of its own.
class Policy {
 public:
  virtual ~Policy() = default;

  // The server's effective weight or usability has changed, or it is new. O(log n); keeps its
  // place. A server of weight 0 is never picked, usable or not.
  virtual void set(ServerId server, Weight weight, bool usable) = 0;

  // A session was given to the server, or one has ended. Counts also those that pick() did not
  // choose.
  virtual void taken(ServerId server) = 0;
  virtual void released(ServerId server) = 0;

  // The server, usable or not, has no free slot, or has one again. A full server keeps its place
  // but is not picked.
  virtual void full(ServerId server) = 0;
  virtual void free(ServerId server) = 0;

  // The server to use, or nullopt when none is usable and free. Data path: no allocation.
  [[nodiscard]] virtual std::optional<ServerId> pick(Key key) = 0;
};

}  // namespace balancer
