#include "lb/server_status.h"

#include <fmt/format.h>

#include <array>

#include "conf/check_status.h"

namespace lb {
namespace {

// HAProxy's numbers of a check's state (check-t.h, enum healthcheck_status), in the order of ours.
constexpr std::array<std::uint32_t, 16> kNumbers = {0, 1,  3,  4,  5,  6,  7,  8,
                                                    9, 10, 11, 12, 13, 15, 16, 17};

std::uint32_t number_of(conf::CheckResult result) {
  switch (result) {
    case conf::CheckResult::kNeutral:
      return 1;
    case conf::CheckResult::kFailed:
      return 2;
    case conf::CheckResult::kPassed:
      return 3;
    case conf::CheckResult::kConditional:
      return 4;
  }
  return 0;
}

bool has_code(conf::CheckStatus status) {
  return status == conf::CheckStatus::kL7Ok || status == conf::CheckStatus::kL7Conditional ||
         status == conf::CheckStatus::kL7Wrong;
}

std::string with_lives(std::string_view word, const std::optional<Lives>& lives) {
  if (!lives || lives->lives >= lives->rise + lives->fall - 1) return std::string(word);
  return fmt::format("{} {}/{}", word, lives->lives - lives->rise + 1, lives->fall);
}

}  // namespace

std::string status_of(const balancer::Facts& facts, const proxy::Server& server,
                      const std::optional<Lives>& lives, const std::string& via) {
  if (facts.admin == balancer::Admin::kMaint || facts.lost)
    return server.where.address ? "MAINT" : "MAINT (resolution)";
  if (!via.empty()) return fmt::format("MAINT (via {})", via);
  if (!balancer::is_up(facts)) {
    if (facts.agent_down) return "DOWN (agent)";
    const bool rising = lives && lives->lives > 0 && lives->lives < lives->rise;
    return rising ? fmt::format("DOWN {}/{}", lives->lives, lives->rise) : "DOWN";
  }
  if (balancer::admin_of(facts) == balancer::Admin::kDrain)
    return server.config.agent ? "DRAIN (agent)" : with_lives("DRAIN", lives);
  if (facts.stopping) return with_lives("NOLB", lives);
  return lives ? with_lives("UP", lives) : "no check";
}

telemetry::CheckStat stat_of(const check::Heard& heard) {
  const conf::CheckStatus status = heard.verdict.status;
  const conf::CheckStatusWords& words = conf::words_of(status);
  telemetry::CheckStat stat;
  stat.status = heard.running ? fmt::format("* {}", words.code) : std::string(words.code);
  stat.ended = status != conf::CheckStatus::kUnknown && status != conf::CheckStatus::kInitial;
  if (has_code(status)) stat.code = heard.verdict.code;
  stat.duration_ms = static_cast<std::uint64_t>(heard.duration.count());
  stat.description = words.description;
  stat.last = heard.verdict.info;
  stat.health = heard.lives;
  stat.number = kNumbers[static_cast<std::size_t>(status)];
  stat.result = stat.ended ? number_of(words.result) : 0;
  return stat;
}

}  // namespace lb
