#define PCRE2_CODE_UNIT_WIDTH 8
#include "conf/regex.h"

#include <fmt/format.h>
#include <pcre2.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <utility>

namespace conf {
namespace {

constexpr std::uint32_t kMostWork = 300'000;  // items of the pattern tried, or as much in bytes
constexpr std::size_t kBytesAnItem = 16;      // compared in the time that an item takes
constexpr std::size_t kMostRepeats = 65'535;  // that PCRE2 allows
constexpr std::uint32_t kMostHeapKib = 1'024;
constexpr std::size_t kLongestPattern = 16'384;

template <auto kFree>
struct FreeWith {
  template <typename T>
  void operator()(T* what) const {
    kFree(what);
  }
};
template <typename T, auto kFree>
using Owned = std::unique_ptr<T, FreeWith<kFree>>;

std::string sentence_of(int error) {
  std::array<PCRE2_UCHAR, 256> text{};
  pcre2_get_error_message(error, text.data(), text.size());
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): PCRE2's bytes are unsigned.
  return reinterpret_cast<const char*>(text.data());
}

// The largest n of "{n". PCRE2 compares so many bytes, of which nobody is told when one differs.
std::size_t most_repeats(std::string_view pattern) {
  std::size_t most = 1;
  for (auto at = pattern.find('{'); at != pattern.npos; at = pattern.find('{', at + 1)) {
    const std::string_view rest = pattern.substr(at + 1);
    std::size_t repeats = 0;
    std::from_chars(rest.data(), rest.data() + rest.size(), repeats);
    most = std::max(most, std::min(repeats, kMostRepeats));
  }
  return most;
}

// What one search has done, over all the places where a match could begin: PCRE2's own match limit
// begins anew at each of them.
struct Work {
  std::string_view pattern;
  std::size_t repeats;
  std::size_t done = 0;
  std::size_t place = 0;  // in the subject, when it was last counted
};

// What a back-reference compares at most, if the pattern's next item is one: "\1", "(?P=name)".
std::size_t captured(const pcre2_callout_block& at, std::string_view pattern) {
  const std::string_view item = pattern.substr(at.pattern_position, 1);
  if (item != "\\" && item != "(") return 0;
  std::size_t bytes = 0;
  for (std::size_t i = 1; i < at.capture_top; ++i)
    bytes += at.offset_vector[2 * i + 1] - at.offset_vector[2 * i];
  return bytes;
}

// PCRE2 calls this before each item of the pattern that it tries. Between two calls it passes over
// the bytes from one place to the next, or compares in vain as many as a repeat or a back-reference
// wants, and copies what the groups have captured.
int count_work(pcre2_callout_block* at, void* data) {
  Work& work = *static_cast<Work*>(data);
  const std::size_t place = at->current_position;
  const std::size_t passed = place > work.place ? place - work.place : work.place - place;
  const std::size_t bytes =
      passed + work.repeats * (1 + captured(*at, work.pattern)) + at->capture_top;
  work.done += 1 + bytes / kBytesAnItem;
  work.place = place;
  return work.done > kMostWork ? PCRE2_ERROR_CALLOUT : 0;
}

}  // namespace

struct Regex::Code {
  Owned<pcre2_code, pcre2_code_free> code;
  std::string pattern;
  std::size_t repeats = 1;
  Owned<pcre2_match_context, pcre2_match_context_free> limits;
};

Regex::Regex(std::unique_ptr<Code> code) : code_(std::move(code)) {}
Regex::Regex(Regex&&) noexcept = default;
Regex& Regex::operator=(Regex&&) noexcept = default;
Regex::~Regex() = default;

std::expected<Regex, std::string> Regex::compile(std::string_view pattern, bool any_case) {
  if (pattern.size() > kLongestPattern)
    return std::unexpected(fmt::format("has more than {} characters", kLongestPattern));
  int error = 0;
  std::size_t place = 0;
  const std::uint32_t options = PCRE2_NEVER_UTF | PCRE2_NEVER_BACKSLASH_C | PCRE2_AUTO_CALLOUT |
                                (any_case ? std::uint32_t{PCRE2_CASELESS} : 0U);
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): PCRE2's bytes are unsigned.
  const auto* const text = reinterpret_cast<PCRE2_SPTR>(pattern.data());
  auto code = std::make_unique<Code>();
  code->code.reset(pcre2_compile(text, pattern.size(), options, &error, &place, nullptr));
  if (!code->code)
    return std::unexpected(fmt::format("{} at character {}", sentence_of(error), place + 1));
  code->limits.reset(pcre2_match_context_create(nullptr));
  code->pattern = pattern;
  code->repeats = most_repeats(pattern);
  pcre2_set_match_limit(code->limits.get(), kMostWork);
  pcre2_set_heap_limit(code->limits.get(), kMostHeapKib);
  return Regex(std::move(code));
}

Regex::Found Regex::find_in(std::string_view subject) const {
  const Owned<pcre2_match_data, pcre2_match_data_free> found(pcre2_match_data_create(1, nullptr));
  const Owned<pcre2_match_context, pcre2_match_context_free> limits(
      pcre2_match_context_copy(code_->limits.get()));
  Work work{.pattern = code_->pattern, .repeats = code_->repeats};
  pcre2_set_callout(limits.get(), count_work, &work);
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): PCRE2's bytes are unsigned.
  const auto* const text = reinterpret_cast<PCRE2_SPTR>(subject.data());
  const int count =
      pcre2_match(code_->code.get(), text, subject.size(), 0, 0, found.get(), limits.get());
  if (count >= 0) return Found::kYes;
  return count == PCRE2_ERROR_NOMATCH ? Found::kNo : Found::kTooCostly;
}

}  // namespace conf
