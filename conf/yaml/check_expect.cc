#include "conf/yaml/check_expect.h"

#include <fmt/format.h>

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "conf/value.h"
#include "conf/yaml/check_text.h"
#include "conf/yaml/choice.h"
#include "conf/yaml/exclusive.h"
#include "conf/yaml/leaf.h"

namespace conf::yaml {
namespace {

using Match = CheckExpect::Match;

constexpr std::uint32_t kLeastStatus = 100;
constexpr std::uint32_t kMostStatus = 599;

using enum CheckStatus;
constexpr Choices<CheckStatus, 4> kPassing = {
    {{"L4OK", kL4Ok}, {"L6OK", kL6Ok}, {"L7OK", kL7Ok}, {"L7OKC", kL7Conditional}}};
constexpr Choices<CheckStatus, 4> kFailing = {
    {{"L4CON", kL4Connection}, {"L6RSP", kL6Invalid}, {"L7RSP", kL7Invalid}, {"L7STS", kL7Wrong}}};
constexpr Choices<CheckStatus, 3> kLate = {
    {{"L4TOUT", kL4Timeout}, {"L6TOUT", kL6Timeout}, {"L7TOUT", kL7Timeout}}};

// The words of both tables.
constexpr Choices<Match, 8> kMatches = {{{"string", Match::kString},
                                         {"regex", Match::kRegex},
                                         {"binary", Match::kBinary},
                                         {"binary_regex", Match::kBinaryRegex},
                                         {"status", Match::kStatus},
                                         {"status_regex", Match::kStatusRegex},
                                         {"body", Match::kBody},
                                         {"body_regex", Match::kBodyRegex}}};

struct Draft {
  CheckExpect expect;
  Given given;  // of the ways to match
};

template <auto kMember, auto kLeaf>
constexpr auto kSetExpect =
    [](const Cursor& at, Draft& draft) { kSet<kMember, kLeaf>(at, draft.expect); };

void match_by(Match match, Draft& draft) {
  draft.expect.match = match;
  draft.given.push_back(word_of(kMatches, match));
}

template <Match kMatch, auto kLeaf>
constexpr auto kSetPattern = [](const Cursor& at, Draft& draft) {
  match_by(kMatch, draft);
  kSetExpect<&CheckExpect::pattern, kLeaf>(at, draft);
};

void read_status(const Cursor& at, Draft& draft) {
  match_by(Match::kStatus, draft);
  const std::string expected =
      fmt::format("a status from {} to {}, or two such as 200-299", kLeastStatus, kMostStatus);
  const auto items = at.items();
  if (items.empty()) at.mistake(fmt::format("names no status: write {}", expected));
  for (const Cursor& item : items) {
    const auto text = item.text(expected);
    if (!text) continue;
    const std::string_view from = std::string_view(*text).substr(0, text->find('-'));
    const bool is_range = from.size() < text->size();
    const auto first = parse_number(from, kLeastStatus, kMostStatus);
    const auto last =
        is_range ? parse_number(text->substr(from.size() + 1), kLeastStatus, kMostStatus) : first;
    if (first && last && *first <= *last) {
      draft.expect.statuses.emplace_back(*first, *last);
    } else {
      item.mistake(fmt::format("must be {}, is {}", expected, quoted(*text)));
    }
  }
}

constexpr Field<Draft> kScriptExpect[] = {
    {"string", kUnset, kSetPattern<Match::kString, bytes_at>},
    {"regex", kUnset, kSetPattern<Match::kRegex, regex_at>},
    {"binary", kUnset, kSetPattern<Match::kBinary, hex_at>},
    {"binary_regex", kUnset, kSetPattern<Match::kBinaryRegex, regex_at>},
    {"not", "false", kSetExpect<&CheckExpect::negated, switch_at>},
    {"min_recv", "0", kSetExpect<&CheckExpect::min_recv, number_at<0, kMostCheckBytes>>},
    {"ok_status", "L7OK", kSetExpect<&CheckExpect::ok_status, choice_at<kPassing>>},
    {"error_status", "L7RSP", kSetExpect<&CheckExpect::error_status, choice_at<kFailing>>},
    {"timeout_status", "L7TOUT", kSetExpect<&CheckExpect::timeout_status, choice_at<kLate>>},
};

// What has come of an answer is whole here, so that there is no min_recv.
constexpr Field<Draft> kHttpExpect[] = {
    {"status", kUnset, read_status},
    {"status_regex", kUnset, kSetPattern<Match::kStatusRegex, regex_at>},
    {"body", kUnset, kSetPattern<Match::kBody, bytes_at>},
    {"body_regex", kUnset, kSetPattern<Match::kBodyRegex, regex_at>},
    {"not", "false", kSetExpect<&CheckExpect::negated, switch_at>},
    {"comment", kUnset, kSetExpect<&CheckExpect::comment, line_at>},
    {"ok_status", "L7OK", kSetExpect<&CheckExpect::ok_status, choice_at<kPassing>>},
    {"error_status", kUnset, kSetExpect<&CheckExpect::error_status, choice_at<kFailing>>},
    {"timeout_status", "L7TOUT", kSetExpect<&CheckExpect::timeout_status, choice_at<kLate>>},
};

template <const auto& kFields>
CheckExpect read_expect(const Cursor& at, std::string_view words) {
  Draft draft;
  const auto before = at.mistakes();
  read_fields(at, kFields, draft);
  require_one(at, draft.given, words, at.mistakes() != before);
  return std::move(draft.expect);
}

}  // namespace

CheckExpect read_script_expect(const Cursor& at) {
  if (at.is_mapping()) return read_expect<kScriptExpect>(at, "string, regex, binary, binary_regex");
  return {.pattern = bytes_at(at).value_or("")};
}

CheckExpect read_http_expect(const Cursor& at) {
  return read_expect<kHttpExpect>(at, "status, status_regex, body, body_regex");
}

CheckExpect http_well() { return {.match = Match::kStatus, .statuses = {{200, 399}}}; }

void list_script_expect_keys(const std::string& prefix, std::vector<KnownKey>& keys) {
  list_fields<kScriptExpect>(prefix, keys);
}

void list_http_expect_keys(const std::string& prefix, std::vector<KnownKey>& keys) {
  list_fields<kHttpExpect>(prefix, keys);
}

}  // namespace conf::yaml
