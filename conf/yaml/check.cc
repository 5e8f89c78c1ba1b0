#include "conf/yaml/check.h"

#include <fmt/format.h>

#include <memory>
#include <utility>

#include "conf/value.h"
#include "conf/yaml/check_http.h"
#include "conf/yaml/check_kind.h"
#include "conf/yaml/check_script.h"
#include "conf/yaml/choice.h"
#include "conf/yaml/exclusive.h"
#include "conf/yaml/leaf.h"

namespace conf::yaml {
namespace {

constexpr std::uint32_t kMostInARow = 1'000;  // of rise and fall

constexpr Choices<InitState, 4> kInitStates = {{{"up", InitState::kUp},
                                                {"fully-up", InitState::kFullyUp},
                                                {"down", InitState::kDown},
                                                {"fully-down", InitState::kFullyDown}}};

struct Mapping {
  CheckDraft& draft;
  Given given;  // of the keys that say what kind it is
};

void set_dialog(CheckDialog dialog, CheckDraft& draft) {
  draft.check.dialog = std::make_shared<const CheckDialog>(std::move(dialog));
}

void read_kind(const Cursor& at, Mapping& mapping) {
  mapping.given.emplace_back("kind");
  const std::string expected = kind_words();
  const auto word = at.text(expected);
  auto dialog = word ? kind_of(at, *word, expected) : std::nullopt;
  if (dialog) set_dialog(*std::move(dialog), mapping.draft);
}

void read_script(const Cursor& at, Mapping& mapping) {
  mapping.given.emplace_back("script");
  set_dialog({.kind = CheckKind::kScript, .steps = read_check_script(at)}, mapping.draft);
}

template <const auto& kName, auto kRead>
constexpr auto kSetDialog = [](const Cursor& at, Mapping& mapping) {
  mapping.given.emplace_back(kName);
  set_dialog(kRead(at), mapping.draft);
};

constexpr std::string_view kHttp = "http";
constexpr std::string_view kMysql = "mysql";
constexpr std::string_view kPostgres = "postgres";
constexpr std::string_view kSmtp = "smtp";

template <auto kMember, auto kLeaf>
constexpr auto kSetDraft =
    [](const Cursor& at, Mapping& mapping) { kSet<kMember, kLeaf>(at, mapping.draft); };

template <auto kMember, auto kLeaf>
constexpr auto kSetCheck =
    [](const Cursor& at, Mapping& mapping) { kSet<kMember, kLeaf>(at, mapping.draft.check); };

constexpr auto kDuration = duration_within<1, kLongestMs>;
constexpr auto kInARow = number_at<1, kMostInARow>;

constexpr Field<Mapping> kCheck[] = {
    {"kind", "tcp", read_kind},
    {"http", kNoDefault, kSetDialog<kHttp, read_check_http>, list_check_http_keys},
    {"script", kNoDefault, read_script, list_check_script_keys},
    {"mysql", kNoDefault, kSetDialog<kMysql, read_check_mysql>, list_check_mysql_keys},
    {"postgres", kNoDefault, kSetDialog<kPostgres, read_check_postgres>, list_check_postgres_keys},
    {"smtp", kNoDefault, kSetDialog<kSmtp, read_check_smtp>, list_check_smtp_keys},
    {"interval", "2s", kSetCheck<&Check::interval, kDuration>},
    {"fast_interval", kUnset, kSetDraft<&CheckDraft::fast_interval, kDuration>},
    {"down_interval", kUnset, kSetDraft<&CheckDraft::down_interval, kDuration>},
    {"rise", "2", kSetCheck<&Check::rise, kInARow>},
    {"fall", "3", kSetCheck<&Check::fall, kInARow>},
    {"timeout", kUnset, kSetCheck<&Check::timeout, kDuration>},
    {"port", kUnset, kSetCheck<&Check::port, port_at>},
    {"address", kUnset, kSetCheck<&Check::address, ip_at>},
    {"send_proxy", kUnset, kSetDraft<&CheckDraft::send_proxy, switch_at>},
    {"init_state", "up", kSetCheck<&Check::init_state, choice_at<kInitStates>>},
};

}  // namespace

CheckDraft::CheckDraft() { check.dialog = std::make_shared<const CheckDialog>(); }

void read_check(const Cursor& at, CheckDraft& draft) {
  draft.on = true;
  if (at.is_mapping()) {
    Mapping mapping{.draft = draft, .given = {}};
    read_fields(at, kCheck, mapping);
    require_at_most_one(at, mapping.given);
    return;
  }
  const std::string expected = fmt::format(
      "none, true, {}, or a mapping such as {{kind: redis, interval: 5s}}", kind_words());
  const auto text = at.text(expected);
  if (!text) return;
  const auto on = *text == "none" ? std::optional(false) : parse_switch(*text);
  if (on) {
    draft.on = *on;
  } else if (auto dialog = kind_of(at, *text, expected)) {
    set_dialog(*std::move(dialog), draft);
  }
}

void list_check_keys(const std::string& prefix, std::vector<KnownKey>& keys) {
  list_fields<kCheck>(prefix, keys);
}

std::optional<Check> check_of(const CheckDraft& draft, const Server& server) {
  if (!draft.on) return std::nullopt;
  Check check = draft.check;
  check.fast_interval = draft.fast_interval.value_or(check.interval);
  check.down_interval = draft.down_interval.value_or(check.interval);
  const bool elsewhere = check.port || check.address;
  check.send_proxy = draft.send_proxy.value_or(server.send_proxy.has_value() && !elsewhere);
  return check;
}

}  // namespace conf::yaml
