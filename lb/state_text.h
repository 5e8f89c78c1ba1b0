#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "balancer/drain.h"
#include "conf/address.h"

// The text of a state file: HAProxy's `show servers state`, format 1, and behind the line of a
// server, as a comment, what HAProxy has no column for:
//
//   3 app 1 s1 10.0.0.1 2 8 5 10 ...
//   # tidegate maxconn=20/100 drain=deadline until=1764440000123 quiet=250 pace=0
//
// HAProxy reads it as one of its own, and its own are read here.
namespace lb {

// A drain that was going on.
struct StoredDrain {
  balancer::DrainOrder::Mode mode = balancer::DrainOrder::Mode::kNatural;
  std::int64_t until = 0;        // of kDeadline: milliseconds of the epoch
  std::uint32_t quiet_time = 0;  // ms
  std::uint32_t pace = 0;
  friend bool operator==(const StoredDrain&, const StoredDrain&) = default;
};

// What HAProxy has no column for.
struct StoredMore {
  std::optional<std::uint32_t> maxconn = {};     // an operator's
  std::uint32_t initial_maxconn = 0;             // the configured one, then
  std::optional<conf::Address> address = {};     // where an operator has moved it
  std::optional<conf::Address> moved_from = {};  // the configured one, then; unset: it had none
  bool agent_down = false;                       // its agent alone says that it is down
  bool ejected = false;                          // it is down for what sessions have met alone
  std::optional<StoredDrain> drain = {};
  friend bool operator==(const StoredMore&, const StoredMore&) = default;
};

// One server. Names are views of the text. Numbers are HAProxy's (server-t.h, check-t.h).
struct StoredServer {
  std::string_view backend;
  std::string_view name;
  std::uint32_t operation = 0;  // 0 stopped, 1 starting, 2 running, 3 stopping
  std::uint32_t admin = 0;      // 1 maintenance, 4 so by the configuration, 8 drain
  std::uint32_t weight = 0;
  std::uint32_t initial_weight = 0;
  std::uint32_t check_state = 0;  // 2 configured, 4 enabled
  std::uint32_t agent_state = 0;
  StoredMore more;
};

// A line that cannot be used.
struct BrokenLine {
  std::size_t line = 0;
  std::string_view why;
};

struct StoredState {
  std::vector<StoredServer> servers;
  std::vector<BrokenLine> broken;  // the first of them
  std::size_t all_broken = 0;
};

// The error is about the whole text. What it takes is a small multiple of the text.
[[nodiscard]] std::expected<StoredState, std::string_view> parse_state(std::string_view text);

// Appends the comment's line, or nothing when there is nothing to say.
void append_more(std::string& out, const StoredMore& more);

}  // namespace lb
