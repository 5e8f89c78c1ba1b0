#include "conf/yaml/global.h"

#include <optional>

#include "conf/value.h"
#include "conf/yaml/leaf.h"
#include "conf/yaml/log.h"

namespace conf::yaml {
namespace {

constexpr std::uint32_t kMostThreads = 64;
constexpr std::uint32_t kMostPipes = 1'000'000;

std::optional<std::string> user_at(const Cursor& at) {
  auto user = at.text("the name of a user");
  if (!user || at.source().user_exists(*user)) return user;
  at.mistake(fmt::format("there is no user {}: name one that this machine has", quoted(*user)));
  return std::nullopt;
}

std::optional<std::string> group_at(const Cursor& at) {
  auto group = at.text("the name of a group");
  if (!group || at.source().group_exists(*group)) return group;
  at.mistake(fmt::format("there is no group {}: name one that this machine has", quoted(*group)));
  return std::nullopt;
}

constexpr Field<Global> kStop[] = {
    {"deadline", kUnset, kSet<&Global::stop_deadline, duration_at>},
};

constexpr Field<Global> kGlobal[] = {
    {"threads", "auto", kSet<&Global::threads, auto_or_number_at<kMostThreads>>},
    {"maxconn", "auto", kSet<&Global::maxconn, auto_or_number_at<kMostSessions>>},
    {"maxpipes", "auto", kSet<&Global::maxpipes, auto_or_number_at<kMostPipes>>},
    {"user", kUnset, kSet<&Global::user, user_at>},
    {"group", kUnset, kSet<&Global::group, group_at>},
    {"log", "stdout", read_log, list_log_keys},
    {"stop", kNoDefault, kMapping<kStop>, list_fields<kStop>},
};

}  // namespace

void read_global(const Cursor& at, Global& global) { read_fields(at, kGlobal, global); }

void list_global_keys(const std::string& prefix, std::vector<KnownKey>& keys) {
  list_fields<kGlobal>(prefix, keys);
}

}  // namespace conf::yaml
