#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "health/plan.h"
#include "health/verdict.h"

namespace health {

// What an agent has said: HAProxy's agent protocol (configuration.txt, `agent-check`). A line of
// words, parted by blanks, tabs and commas, of which the last one of each kind counts: "75%,
// drain", "down #disk full". After a word that begins with '#' the rest is a description.
struct AgentReport {
  enum class Admin : std::uint8_t { kReady, kDrain, kMaint };
  enum class Health : std::uint8_t { kUp, kDown };  // fail and stopped are down, too

  // Of the configured weight. May be above 100, at most kMostPercent: an effective weight ends at
  // 256 whatever it is made of.
  std::optional<std::uint32_t> percent = {};
  std::optional<std::uint32_t> weight = {};   // 0 to 256; never together with `percent`
  std::optional<std::uint32_t> maxconn = {};  // 0: no limit
  std::optional<Admin> admin = {};
  std::optional<Health> health = {};
  // kL7Ok and kL7Wrong by the health word; kChecked without one. An agent that has said nothing is
  // kL7Invalid, a line without its end kL7Timeout, and neither says anything on the server. The
  // information is HAProxy's: "via agent : down (disk full)".
  Verdict verdict = {};
};

inline constexpr std::uint32_t kMostPercent = 25'600;

// nullopt: the line has no end yet. `last`: there will be no more; what has no end by then is not
// obeyed, since "maxconn:10" may be half of "maxconn:1000". `fixed`: the server's weight where its
// algorithm knows that or 0 only; other weights are not obeyed either, and the verdict says so.
[[nodiscard]] std::optional<AgentReport> read_agent(std::string_view input, bool last,
                                                    std::optional<std::uint32_t> fixed = {});

// Sends `greeting`, if there is one, and waits for the line, which read_agent() then finds in the
// dialog's input.
[[nodiscard]] Plan agent_plan(std::string greeting);

}  // namespace health
