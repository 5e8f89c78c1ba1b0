#include "conf/yaml/check_http.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <iterator>
#include <string_view>
#include <utility>

#include "conf/value.h"
#include "conf/yaml/check_expect.h"
#include "conf/yaml/check_text.h"
#include "conf/yaml/choice.h"
#include "conf/yaml/leaf.h"

namespace conf::yaml {
namespace {

constexpr std::size_t kMostHeaders = 100;
constexpr std::size_t kMostExpects = 100;

constexpr Choices<std::string_view, 2> kVersions = {
    {{"HTTP/1.0", "HTTP/1.0"}, {"HTTP/1.1", "HTTP/1.1"}}};

// Follow from the body and from that there is one request.
constexpr std::array<std::string_view, 3> kOurs = {"connection", "content-length",
                                                   "transfer-encoding"};

struct Draft {
  HttpRequest request;
  std::vector<CheckStep> expects;
  bool disable_on_404 = false;
};

template <auto kMember, auto kLeaf>
constexpr auto kSetRequest =
    [](const Cursor& at, Draft& draft) { kSet<kMember, kLeaf>(at, draft.request); };

bool same_name(std::string_view one, std::string_view other) {
  return std::ranges::equal(one, other, [](unsigned char a, unsigned char b) {
    return std::tolower(a) == std::tolower(b);
  });
}

bool has_host(const HttpRequest& request) {
  return std::ranges::any_of(request.headers,
                             [](const HttpHeader& it) { return same_name(it.name, "host"); });
}

void read_host(const Cursor& at, Draft& draft) {
  if (auto host = word_at(at)) draft.request.headers.push_back({"Host", *std::move(host)});
}

void read_header(const Cursor& at, std::string_view name, HttpRequest& request) {
  const auto same = [name](std::string_view other) { return same_name(name, other); };
  auto value = line_at(at);
  if (!is_token(name)) {
    at.mistake(
        fmt::format("is named {}: a header's name has 1 to 64 letters, digits or -", quoted(name)));
  } else if (std::ranges::any_of(kOurs, same)) {
    at.mistake("is written by the check itself: leave it out");
  } else if (std::ranges::any_of(request.headers, same, &HttpHeader::name)) {
    at.mistake("is given twice: keep one");
  } else if (value) {
    request.headers.push_back({std::string(name), *std::move(value)});
  }
}

void read_headers(const Cursor& at, Draft& draft) {
  const auto entries = at.entries("a mapping of names to values");
  if (!entries) return;
  if (entries->size() > kMostHeaders) {
    at.mistake(
        fmt::format("has {} headers: at most {} are possible", entries->size(), kMostHeaders));
    return;
  }
  for (const auto& entry : *entries) read_header(entry.at, entry.key, draft.request);
}

void list_headers(const std::string& prefix, std::vector<KnownKey>& keys) {
  keys.push_back({prefix + ".<name>", std::string(kNoDefault)});
}

void read_version(const Cursor& at, Draft& draft) {
  if (const auto version = choice_at<kVersions>(at)) draft.request.version = *version;
}

void read_expects(const Cursor& at, Draft& draft) {
  const auto items = at.items();
  if (items.empty()) at.mistake("expects nothing: leave it out for status: 200-399");
  if (items.size() > kMostExpects) {
    at.mistake(fmt::format("has {} items: at most {} are possible", items.size(), kMostExpects));
    return;
  }
  for (const Cursor& item : items) draft.expects.emplace_back(read_http_expect(item));
}

// `host` is read before `headers`, which may not have it again.
constexpr Field<Draft> kHttp[] = {
    {"method", "OPTIONS", kSetRequest<&HttpRequest::method, token_at>},
    {"path", "/", kSetRequest<&HttpRequest::path, word_at>},
    {"version", "HTTP/1.0", read_version},
    {"host", kUnset, read_host},
    {"headers", kNoDefault, read_headers, list_headers},
    {"body", kUnset, kSetRequest<&HttpRequest::body, bytes_at>},
    {"comment", kUnset, kSetRequest<&HttpRequest::comment, line_at>},
    {"expect", kNoDefault, read_expects, list_http_expect_keys},
    {"disable_on_404", "false", kSet<&Draft::disable_on_404, switch_at>},
};

CheckDialog dialog_of(Draft draft) {
  CheckDialog dialog{.kind = CheckKind::kHttp, .disable_on_404 = draft.disable_on_404};
  dialog.steps.emplace_back(std::move(draft.request));
  if (draft.expects.empty()) draft.expects.emplace_back(http_well());
  std::ranges::move(draft.expects, std::back_inserter(dialog.steps));
  return dialog;
}

}  // namespace

CheckDialog read_check_http(const Cursor& at) {
  Draft draft;
  read_fields(at, kHttp, draft);
  if (draft.request.version == "HTTP/1.1" && !has_host(draft.request))
    at.note("HTTP/1.1 without a host, which servers may refuse: write host: the name of the site");
  return dialog_of(std::move(draft));
}

CheckDialog plain_http() { return dialog_of({}); }

void list_check_http_keys(const std::string& prefix, std::vector<KnownKey>& keys) {
  list_fields<kHttp>(prefix, keys);
}

}  // namespace conf::yaml
