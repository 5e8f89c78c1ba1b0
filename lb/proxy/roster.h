#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "balancer/policy.h"
#include "lb/proxy/server.h"

namespace lb::proxy {

// The servers of a backend by their ids. One thread, control, takes them in and lets them go;
// others look at one once they were told of it, and need no lock for that: its place never moves.
//
// An id is free, coming, present or leaving. Only who is present is found by an operator.
class Roster {
 public:
  using Id = balancer::ServerId;

  explicit Roster(std::size_t workers) : workers_(workers) {}
  Roster(const Roster&) = delete;
  Roster& operator=(const Roster&) = delete;

  // Any thread that was told of the server.
  [[nodiscard]] Server& operator[](Id id) const { return *slot(id); }

  // The rest is the control thread's.

  // The lowest free id.
  [[nodiscard]] Id next() const;

  // A server comes, with that id: a free one, or the next. It is present when it has arrived().
  Server& take(Id id, conf::Server asked);
  void arrived(Id id) { states_[id] = State::kPresent; }

  // It is found no more; and then nobody knows it any more, and its id is free.
  void leave(Id id) { states_[id] = State::kLeaving; }
  void free(Id id);

  // Ids are below this.
  [[nodiscard]] Id size() const { return static_cast<Id>(states_.size()); }
  [[nodiscard]] bool present(Id id) const { return id < size() && states_[id] == State::kPresent; }

  [[nodiscard]] bool known(Id id) const { return id < size() && states_[id] != State::kFree; }

  // It is present, or will be.
  [[nodiscard]] bool stays(Id id) const { return known(id) && states_[id] != State::kLeaving; }

  // Whether a server that stays has the name.
  [[nodiscard]] bool holds(std::string_view name) const;

  // Ids of those that are present, the first ones first.
  [[nodiscard]] std::vector<Id> all() const;

 private:
  enum class State : std::uint8_t { kFree, kComing, kPresent, kLeaving };

  // The n-th piece has room for 8 * 2^n servers.
  using Piece = std::unique_ptr<std::unique_ptr<Server>[]>;
  static constexpr std::size_t kFirst = 8;
  static constexpr std::size_t kPieces = 24;

  [[nodiscard]] std::unique_ptr<Server>& slot(Id id) const {
    const std::size_t at = id + kFirst;
    const auto piece = static_cast<std::size_t>(std::bit_width(at / kFirst) - 1);
    return pieces_[piece][at - (kFirst << piece)];
  }

  const std::size_t workers_;
  std::array<Piece, kPieces> pieces_;
  std::vector<State> states_;
  std::set<std::string, std::less<>> names_;  // of all that ever were here
};

}  // namespace lb::proxy
