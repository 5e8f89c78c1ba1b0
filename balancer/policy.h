#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

namespace balancer {

// Index of a server in its backend. Stable while a Lease on that server lives.
using ServerId = std::uint32_t;

// Effective weight. HAProxy's scale: 16 per configured unit, so that percentages and slow start
// have steps between; 0 means no new sessions.
using Weight = std::uint32_t;
inline constexpr Weight kWeightScale = 16;
inline constexpr Weight kMaxWeight = 256 * kWeightScale;

// What of a client decides, as bytes in network order: its source address (4, 16, or none for
// UNIX), or what `key` of the backend's hash asks for.
using Key = std::span<const std::uint8_t>;
inline constexpr std::size_t kLongestKey = 36;

// Milliseconds of a steady clock.
using Tick = std::uint64_t;

// A server as a table is built from it.
struct Candidate {
  ServerId server = 0;
  Weight weight = 0;
  bool usable = false;
  friend bool operator==(const Candidate&, const Candidate&) = default;
};

// What a policy looks its answers up in, where that takes too long to build under a lock.
class Table {
 public:
  virtual ~Table() = default;
};

// Chooses a server for each new session. Called under its backend's lock, so no policy needs a lock
// or an atomic of its own.
class Policy {
 public:
  virtual ~Policy() = default;

  // Another server than those of the configuration, at the next id or in the place of one that is
  // gone, whose sessions have ended; before the first set() of it. `number` and `name` are what it
  // is known by (HAProxy's `id`). Never while build() runs. O(n).
  virtual void enroll(ServerId /*server*/, std::uint32_t /*number*/, std::string_view /*name*/) {}

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

  // A session has waited so long for the server: for the connection, or then for the first byte.
  virtual void answered(ServerId /*server*/, std::chrono::microseconds /*after*/, Tick /*now*/) {}

  // The server to use, or nullopt when none is usable and free. A policy that binds may answer a
  // full one: the client is to wait for it. Data path: no allocation.
  [[nodiscard]] virtual std::optional<ServerId> pick(Key key, Tick now) = 0;

  // The key decides, so that a client is not sent elsewhere because its server is full.
  [[nodiscard]] virtual bool binds() const { return false; }

  // Weights between 0 and the configured one mean a part of the sessions. Otherwise a server has
  // its whole share or none, as with HAProxy's static algorithms.
  [[nodiscard]] virtual bool graded() const { return true; }

  // A server without sessions is given all new ones until it has as many as the others.
  [[nodiscard]] virtual bool floods() const { return false; }

  // Policies with a table follow weight and usability through it, and set() only tells them whom
  // they must not pick meanwhile. build() is called without the lock, on any thread, while pick()
  // goes on, so it reads nothing but what was fixed when the policy was made; every server of the
  // backend is among the candidates, in the order of the file. adopt(), under the lock and O(1),
  // takes the new table and leaves the old one in its place, to be freed without the lock.
  [[nodiscard]] virtual std::unique_ptr<Table> build(
      std::span<const Candidate> /*candidates*/) const {
    return nullptr;
  }
  virtual void adopt(std::unique_ptr<Table>& /*table*/) {}
};

}  // namespace balancer
