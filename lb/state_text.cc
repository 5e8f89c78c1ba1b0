#include "lb/state_text.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <concepts>
#include <iterator>
#include <utility>

namespace lb {
namespace {

using Mode = balancer::DrainOrder::Mode;

constexpr std::string_view kVersion = "1";
constexpr std::string_view kOurs = "# tidegate ";
constexpr std::size_t kLeastColumns = 20;  // HAProxy's, before 2.4 added some
constexpr std::size_t kColumns = 25;
constexpr std::size_t kMostBroken = 10;

constexpr std::array<std::pair<std::string_view, Mode>, 3> kModes = {
    {{"natural", Mode::kNatural}, {"deadline", Mode::kDeadline}, {"when-quiet", Mode::kWhenQuiet}}};

// Takes what stands before `end`, and `end` with it.
std::string_view take_until(std::string_view& rest, char end) {
  const std::size_t at = rest.find(end);
  const std::string_view taken = rest.substr(0, at);
  rest.remove_prefix(at == std::string_view::npos ? rest.size() : at + 1);
  return taken;
}

// The next word of a line; empty when there is none.
std::string_view take_word(std::string_view& rest) {
  std::string_view word;
  while (word.empty() && !rest.empty()) word = take_until(rest, ' ');
  return word;
}

template <std::integral T>
bool read_number(std::string_view text, T most, T& out) {
  T number = 0;
  const auto [stop, error] = std::from_chars(text.begin(), text.end(), number);
  if (error != std::errc{} || stop != text.end() || number < 0 || number > most) return false;
  out = number;
  return true;
}

// What is wrong with it; empty: nothing.
std::string_view read_row(std::string_view line, StoredServer& server) {
  constexpr std::uint32_t kMostBits = 0xffff;
  constexpr std::uint32_t kMostWeight = 256;
  std::array<std::string_view, kColumns> columns;
  std::size_t count = 0;
  for (; count < kColumns; ++count) {
    columns.at(count) = take_word(line);
    if (columns.at(count).empty()) break;
  }
  if (count < kLeastColumns) return "it has too few columns";
  server.backend = columns[1];
  server.name = columns[3];
  if (!read_number(columns[5], 3U, server.operation)) return "srv_op_state is no such number";
  if (!read_number(columns[6], kMostBits, server.admin)) return "srv_admin_state is no such number";
  if (!read_number(columns[7], kMostWeight, server.weight))
    return "srv_uweight is no number from 0 to 256";
  if (!read_number(columns[8], kMostWeight, server.initial_weight))
    return "srv_iweight is no number from 0 to 256";
  if (!read_number(columns[13], kMostBits, server.check_state))
    return "srv_check_state is no such number";
  if (!read_number(columns[14], kMostBits, server.agent_state))
    return "srv_agent_state is no such number";
  return {};
}

bool read_maxconn(std::string_view text, StoredMore& more) {
  std::uint32_t maxconn = 0;
  if (!read_number(take_until(text, '/'), UINT32_MAX, maxconn) ||
      !read_number(text, UINT32_MAX, more.initial_maxconn))
    return false;
  more.maxconn = maxconn;
  return true;
}

// "10.0.0.2:80/10.0.0.1:80", or with "-" for none behind the slash.
bool read_address(std::string_view text, StoredMore& more) {
  const auto address = conf::parse_address(take_until(text, '/'));
  if (!address || address->family == conf::Family::kUnix) return false;
  more.moved_from = conf::parse_address(text);
  if (!more.moved_from && text != "-") return false;
  more.address = address;
  return true;
}

bool read_mode(std::string_view text, StoredMore& more) {
  for (const auto& [word, mode] : kModes) {
    if (word != text) continue;
    more.drain.emplace().mode = mode;
    return true;
  }
  return false;
}

bool read_down_by(std::string_view text, StoredMore& more) {
  more.agent_down = text == "agent";
  more.ejected = text == "ejection";
  return more.agent_down || more.ejected;
}

// Words that it does not know are a later version's.
std::string_view read_more(std::string_view line, StoredMore& more) {
  constexpr std::int64_t kMostTime = INT64_MAX / 2;
  for (std::string_view value = take_word(line); !value.empty(); value = take_word(line)) {
    const std::string_view key = take_until(value, '=');
    if (key == "maxconn" && !read_maxconn(value, more)) return "maxconn is not such as 20/100";
    if (key == "addr" && !read_address(value, more))
      return "addr is not such as 10.0.0.2:80/10.0.0.1:80";
    if (key == "down_by" && !read_down_by(value, more)) return "down_by is not agent or ejection";
    if (key == "drain" && !read_mode(value, more))
      return "drain is not natural, deadline or when-quiet";
    if (!more.drain) continue;
    const bool has_end = more.drain->mode == Mode::kDeadline;
    if (key == "until" && has_end && !read_number(value, kMostTime, more.drain->until))
      return "until is no number";
    if (key == "quiet" && !read_number(value, UINT32_MAX, more.drain->quiet_time))
      return "quiet is no number";
    if (key == "pace" && !read_number(value, UINT32_MAX, more.drain->pace))
      return "pace is no number";
  }
  return {};
}

std::string_view name_of(Mode mode) {
  for (const auto& [word, one] : kModes)
    if (one == mode) return word;
  return "";
}

}  // namespace

std::expected<StoredState, std::string_view> parse_state(std::string_view text) {
  if (take_until(text, '\n') != kVersion)
    return std::unexpected("its first line is not the number of the format, 1");
  StoredState state;
  bool belongs = false;  // a comment of ours is of the server before it
  for (std::size_t number = 2; !text.empty(); ++number) {
    const std::string_view line = take_until(text, '\n');
    std::string_view why;
    if (line.starts_with(kOurs)) {
      if (!std::exchange(belongs, false)) continue;
      StoredMore more;
      why = read_more(line.substr(kOurs.size()), more);
      if (why.empty()) state.servers.back().more = more;
    } else if (line.find_first_not_of(' ') != std::string_view::npos && !line.starts_with('#')) {
      StoredServer server;
      why = read_row(line, server);
      belongs = why.empty();
      if (belongs) state.servers.push_back(server);
    }
    if (why.empty()) continue;
    if (++state.all_broken <= kMostBroken) state.broken.push_back({.line = number, .why = why});
  }
  return state;
}

void append_more(std::string& out, const StoredMore& more) {
  if (more == StoredMore{}) return;
  const auto to = std::back_inserter(out);
  out += "# tidegate";
  if (more.maxconn) fmt::format_to(to, " maxconn={}/{}", *more.maxconn, more.initial_maxconn);
  if (more.address)
    fmt::format_to(to, " addr={}/{}", conf::to_string(*more.address),
                   more.moved_from ? conf::to_string(*more.moved_from) : "-");
  if (more.agent_down) out += " down_by=agent";
  if (more.ejected) out += " down_by=ejection";
  if (more.drain) {
    fmt::format_to(to, " drain={}", name_of(more.drain->mode));
    if (more.drain->mode == Mode::kDeadline) fmt::format_to(to, " until={}", more.drain->until);
    fmt::format_to(to, " quiet={} pace={}", more.drain->quiet_time, more.drain->pace);
  }
  out += '\n';
}

}  // namespace lb
