#include "conf/yaml/global.h"

#include <fmt/format.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "conf/value.h"
#include "conf/yaml/admin.h"
#include "conf/yaml/leaf.h"
#include "conf/yaml/log.h"

namespace conf::yaml {
namespace {

constexpr std::uint32_t kMostThreads = 64;
constexpr std::uint32_t kMostPipes = 1'000'000;
constexpr Microseconds kMostBusyPoll = std::chrono::milliseconds{10};

std::optional<Microseconds> busy_poll_at(const Cursor& at) {
  const auto text = at.text("a duration such as 50us");
  if (!text) return std::nullopt;
  auto duration = parse_short_duration(*text, kMostBusyPoll);
  if (duration) return *duration;
  at.mistake(std::move(duration.error()));
  return std::nullopt;
}

std::optional<std::string> state_file_at(const Cursor& at) {
  constexpr std::string_view kExpected = "the absolute path of a file";
  auto path = at.text(kExpected);
  if (!path || (path->starts_with('/') && !path->ends_with('/'))) return path;
  at.mistake(fmt::format("must be {}, is {}", kExpected, quoted(*path)));
  return std::nullopt;
}

constexpr Field<Global> kStop[] = {
    {"deadline", kUnset, kSet<&Global::stop_deadline, duration_at>},
};

constexpr Field<Global> kGlobal[] = {
    {"threads", "auto", kSet<&Global::threads, auto_or_number_at<kMostThreads>>},
    {"busy_poll", "0", kSet<&Global::busy_poll, busy_poll_at>},
    {"maxconn", "auto", kSet<&Global::maxconn, auto_or_number_at<kMostSessions>>},
    {"maxpipes", "auto", kSet<&Global::maxpipes, auto_or_number_at<kMostPipes>>},
    {"user", kUnset, kSet<&Global::user, user_at>},
    {"group", kUnset, kSet<&Global::group, group_at>},
    {"log", "stdout", read_log, list_log_keys},
    {"admin", kUnset, read_admin, list_admin_keys},
    {"state_file", kUnset, kSet<&Global::state_file, state_file_at>},
    {"stop", kNoDefault, kMapping<kStop>, list_fields<kStop>},
};

}  // namespace

void read_global(const Cursor& at, Global& global) { read_fields(at, kGlobal, global); }

void list_global_keys(const std::string& prefix, std::vector<KnownKey>& keys) {
  list_fields<kGlobal>(prefix, keys);
}

}  // namespace conf::yaml
