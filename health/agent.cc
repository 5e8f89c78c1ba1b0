#include "health/agent.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <utility>

#include "health/judge.h"
#include "health/printable.h"

namespace health {
namespace {

using conf::CheckStatus;

bool digit(char c) { return c >= '0' && c <= '9'; }

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same(std::string_view word, std::string_view name) {
  return std::ranges::equal(word, name, {}, lower);
}

// What comes after a name that ends with a colon.
std::optional<std::string_view> value_of(std::string_view word, std::string_view name) {
  if (!same(word.substr(0, name.size()), name)) return std::nullopt;
  return word.substr(name.size());
}

// The words of a line, by their kinds. Empty, the line has none of the kind.
struct Words {
  std::string_view health;
  std::string_view admin;
  std::string_view weight;   // "75%", "weight:20"
  std::string_view maxconn;  // "maxconn:30"
  std::string_view unknown;  // the first one
  std::string_view description;
};

template <typename Value, std::size_t kSize>
std::optional<Value> find(const std::array<std::pair<std::string_view, Value>, kSize>& table,
                          std::string_view word) {
  for (const auto& [name, value] : table)
    if (same(word, name)) return value;
  return std::nullopt;
}

std::optional<AgentReport::Health> health_of(std::string_view word) {
  using Health = AgentReport::Health;
  static constexpr std::array<std::pair<std::string_view, Health>, 4> kTable = {
      {{"up", Health::kUp},
       {"down", Health::kDown},
       {"fail", Health::kDown},
       {"stopped", Health::kDown}}};
  return find(kTable, word);
}

std::optional<AgentReport::Admin> admin_of(std::string_view word) {
  using Admin = AgentReport::Admin;
  static constexpr std::array<std::pair<std::string_view, Admin>, 3> kTable = {
      {{"ready", Admin::kReady}, {"drain", Admin::kDrain}, {"maint", Admin::kMaint}}};
  return find(kTable, word);
}

void sort(std::string_view word, Words& words) {
  const bool percent = digit(word[0]) && word.contains('%');
  if (health_of(word)) {
    words.health = word;
  } else if (admin_of(word)) {
    words.admin = word;
  } else if (percent || value_of(word, "weight:")) {
    words.weight = word;
  } else if (value_of(word, "maxconn:")) {
    words.maxconn = word;
  } else if (words.unknown.empty()) {
    words.unknown = word;
  }
}

Words split(std::string_view line) {
  constexpr std::string_view kBetween = " \t,";
  Words words;
  while (true) {
    const std::size_t begin = line.find_first_not_of(kBetween);
    if (begin == std::string_view::npos) return words;
    line.remove_prefix(begin);
    if (line[0] == '#') {
      line.remove_prefix(std::min(line.find_first_not_of(" \t", 1), line.size()));
      words.description = line;
      return words;
    }
    const std::string_view word = line.substr(0, line.find_first_of(kBetween));
    sort(word, words);
    line.remove_prefix(word.size());
  }
}

// A number, of at most `most`, and what comes behind it. nullopt: it does not begin with one.
std::optional<std::pair<std::uint32_t, std::string_view>> number(std::string_view text,
                                                                 std::uint32_t most) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::invalid_argument) return std::nullopt;
  if (error == std::errc::result_out_of_range) value = most;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return std::pair(std::min(value, most), text);
}

constexpr std::string_view kFixed =
    "Backend is using a static LB algorithm and only accepts weights '0%' and '100%'.";

// What is wrong with the word, as HAProxy warns of it; empty: nothing.
std::string_view take_weight(std::string_view word, std::optional<std::uint32_t> fixed,
                             AgentReport& report) {
  const auto absolute = value_of(word, "weight:");
  if (absolute && absolute->empty()) return "Require <weight> or <weight%>.";
  const auto read = number(absolute.value_or(word), kMostPercent);
  if (!read) return "weight string empty or preceded by garbage";
  const auto [value, behind] = *read;
  if (behind != (absolute ? "" : "%")) return "Trailing garbage in weight string";
  if (value > 256 && absolute) return "Absolute weight can only be between 0 and 256 inclusive";
  if (fixed && value != 0 && value != (absolute ? *fixed : 100)) return kFixed;
  if (!absolute) {
    report.percent = value;
    return {};
  }
  report.weight = value;
  return {};
}

std::string_view take_maxconn(std::string_view word, AgentReport& report) {
  const std::string_view told = *value_of(word, "maxconn:");
  if (told.empty()) return "Require <maxconn>.";
  const auto read = number(told, std::numeric_limits<std::uint32_t>::max());
  if (!read) return "maxconn string empty or preceded by garbage";
  if (!read->second.empty()) return "Trailing garbage in maxconn string";
  report.maxconn = read->first;
  return {};
}

// Why a server is down is its agent's word first; with it up, what is odd about the line matters
// more.
Verdict verdict_of(const Words& words, std::string_view warning, const AgentReport& report) {
  if (report.health) {
    const bool down = report.health == AgentReport::Health::kDown;
    std::string_view why = words.description;
    if (!down || why.empty()) {
      if (!words.unknown.empty()) {
        why = words.unknown;
      } else if (!warning.empty()) {
        why = warning;
      }
    }
    const std::string info = why.empty() ? fmt::format("via agent : {}", words.health)
                                         : fmt::format("via agent : {} ({})", words.health, why);
    return {.status = down ? CheckStatus::kL7Wrong : CheckStatus::kL7Ok, .info = printable(info)};
  }
  std::string info;
  if (!words.unknown.empty()) {
    info = fmt::format("agent reports an error : {}", words.unknown);
  } else if (!warning.empty()) {
    info = fmt::format("agent warns : {}", warning);
  }
  return {.status = CheckStatus::kChecked, .info = printable(info)};
}

class AgentLine final : public Judge {
 public:
  [[nodiscard]] std::optional<Verdict> judge(std::string_view input, bool last) const override {
    auto report = read_agent(input, last);
    if (!report) return std::nullopt;
    return std::move(report->verdict);
  }
};

}  // namespace

std::optional<AgentReport> read_agent(std::string_view input, bool last,
                                      std::optional<std::uint32_t> fixed) {
  last = last || input.size() >= kMostInput;
  AgentReport report;
  // A zero ends what HAProxy reads, too, but is no end of a line.
  const std::size_t end = input.find_first_of({"\r\n\0", 3});
  if (end == std::string_view::npos || input[end] == '\0') {
    if (!last) return std::nullopt;
    report.verdict = input.empty() ? Verdict{.status = CheckStatus::kL7Invalid,
                                             .info = "TCPCHK got an empty response at step 2"}
                                   : Verdict{.status = CheckStatus::kL7Timeout,
                                             .info = "Ignoring incomplete line from agent"};
    return report;
  }
  const Words words = split(input.substr(0, end));
  report.health = health_of(words.health);
  report.admin = admin_of(words.admin);
  std::string_view warning;
  if (!words.weight.empty()) warning = take_weight(words.weight, fixed, report);
  if (!words.maxconn.empty()) {
    const std::string_view second = take_maxconn(words.maxconn, report);
    if (warning.empty()) warning = second;
  }
  report.verdict = verdict_of(words, warning, report);
  return report;
}

Plan agent_plan(std::string greeting) {
  Plan plan;
  plan.steps.emplace_back(Connect{});
  // A step also where there is nothing to send: HAProxy's numbers of steps count it.
  plan.steps.emplace_back(Send{.bytes = std::move(greeting)});
  plan.steps.emplace_back(Expect{.judge = std::make_unique<AgentLine>()});
  return plan;
}

}  // namespace health
