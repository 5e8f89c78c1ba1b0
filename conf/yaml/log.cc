#include "conf/yaml/log.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "conf/value.h"
#include "conf/yaml/choice.h"
#include "conf/yaml/leaf.h"
#include "conf/yaml/log_address.h"
#include "conf/yaml/log_sample.h"

namespace conf::yaml {
namespace {

using Kind = LogTarget::Kind;

constexpr std::uint32_t kSyslogLength = 1024;
constexpr std::uint32_t kShortest = 80;
constexpr std::uint32_t kLongest = 65535;
constexpr std::size_t kLongestTag = 48;  // RFC 5424's APP-NAME
constexpr std::size_t kLongestHostname = 255;

constexpr Choices<LogFormat, 2> kFormats = {
    {{"tcplog", LogFormat::kTcplog}, {"json", LogFormat::kJson}}};

constexpr Choices<LogFrame, 8> kFrames = {{{"raw", LogFrame::kRaw},
                                           {"local", LogFrame::kLocal},
                                           {"rfc3164", LogFrame::kRfc3164},
                                           {"rfc5424", LogFrame::kRfc5424},
                                           {"priority", LogFrame::kPriority},
                                           {"short", LogFrame::kShort},
                                           {"timed", LogFrame::kTimed},
                                           {"iso", LogFrame::kIso}}};

constexpr Choices<LogLevel, 8> kLevels = {{{"emerg", LogLevel::kEmerg},
                                           {"alert", LogLevel::kAlert},
                                           {"crit", LogLevel::kCrit},
                                           {"err", LogLevel::kErr},
                                           {"warning", LogLevel::kWarning},
                                           {"notice", LogLevel::kNotice},
                                           {"info", LogLevel::kInfo},
                                           {"debug", LogLevel::kDebug}}};

constexpr Choices<std::uint32_t, 24> kFacilities = {
    {{"kern", 0U},    {"user", 1U},    {"mail", 2U},    {"daemon", 3U},  {"auth", 4U},
     {"syslog", 5U},  {"lpr", 6U},     {"news", 7U},    {"uucp", 8U},    {"cron", 9U},
     {"auth2", 10U},  {"ftp", 11U},    {"ntp", 12U},    {"audit", 13U},  {"alert", 14U},
     {"cron2", 15U},  {"local0", 16U}, {"local1", 17U}, {"local2", 18U}, {"local3", 19U},
     {"local4", 20U}, {"local5", 21U}, {"local6", 22U}, {"local7", 23U}}};

// The two that depend on the kind of target are filled in once all keys are known. Only then it is
// known, too, which keys the frame prints.
struct Draft {
  struct Printed {
    Cursor at;
    unsigned frames;  // a bit for each that prints it
  };
  LogTarget target;
  std::optional<LogFrame> frame;
  std::optional<std::uint32_t> length;
  std::vector<Printed> printed;
};

constexpr unsigned bit(LogFrame frame) { return 1U << static_cast<unsigned>(frame); }
constexpr unsigned kWithHostname = bit(LogFrame::kRfc3164) | bit(LogFrame::kRfc5424);
constexpr unsigned kWithTag = kWithHostname | bit(LogFrame::kLocal);
constexpr unsigned kWithFacility = kWithTag | bit(LogFrame::kPriority);
constexpr unsigned kWithLevel = kWithFacility | bit(LogFrame::kShort) | bit(LogFrame::kTimed);

template <auto kMember, auto kLeaf>
constexpr auto kSetTarget =
    [](const Cursor& at, Draft& draft) { kSet<kMember, kLeaf>(at, draft.target); };

template <auto kMember, auto kLeaf, unsigned kFrames>
constexpr auto kSetPrinted = [](const Cursor& at, Draft& draft) {
  kSet<kMember, kLeaf>(at, draft.target);
  draft.printed.push_back({.at = at, .frames = kFrames});
};

void read_to(const Cursor& at, Draft& draft) { read_log_address(at, draft.target); }

// In HAProxy `format` is what is `frame` here.
void read_format(const Cursor& at, Draft& draft) {
  const std::string words = words_of(kFormats);
  const auto text = at.text(words);
  if (!text) return;
  if (const auto format = find_choice(kFormats, *text)) {
    draft.target.format = *format;
  } else if (find_choice(kFrames, *text)) {
    at.mistake(fmt::format("must be {}, is {}: write frame: {}", words, quoted(*text), *text));
  } else {
    at.mistake(fmt::format("must be {}, is {}", words, quoted(*text)));
  }
}

// A word of a header: what is no visible character would end it.
template <std::size_t kMost>
std::optional<std::string> word_at(const Cursor& at) {
  const std::string expected = fmt::format("1 to {} visible characters without a space", kMost);
  auto text = at.text(expected);
  const auto visible = [](unsigned char c) { return c > ' ' && c < 0x7f; };
  if (!text || (text->size() <= kMost && std::ranges::all_of(*text, visible))) return text;
  at.mistake(fmt::format("must be {}, is {}", expected, quoted(*text)));
  return std::nullopt;
}

constexpr Field<LogSample> kSample[] = {
    {"ranges", kRequired, kSet<&LogSample::ranges, log_ranges_at>, nullptr, R"(ranges: "1")"},
    {"of", kRequired, kSet<&LogSample::of, number_at<1, kMostSessions>>, nullptr, "of: 10"},
};

void read_sample(const Cursor& at, Draft& draft) {
  const auto before = at.mistakes();
  read_fields(at, kSample, draft.target.sample);
  if (at.mistakes() == before) check_log_sample(at, draft.target.sample);
}

// Stands behind `level` in the table.
void read_min_level(const Cursor& at, Draft& draft) {
  kSetPrinted<&LogTarget::min_level, choice_at<kLevels>, kWithLevel>(at, draft);
  if (draft.target.min_level > draft.target.level) {
    at.mistake(
        fmt::format("is less severe than level {}, so that no line would keep its own: write "
                    "{} or what is more severe",
                    word_of(kLevels, draft.target.level), word_of(kLevels, draft.target.level)));
  }
}

void check_printed(const Draft& draft, LogFrame frame) {
  for (const auto& [at, frames] : draft.printed) {
    if ((frames & bit(frame)) != 0) continue;
    std::vector<std::string_view> words;
    for (const auto& [word, one] : kFrames) {
      if ((frames & bit(one)) != 0) words.push_back(word);
    }
    at.mistake(fmt::format("is not printed by frame {}: leave it out, or write frame: {}",
                           word_of(kFrames, frame), one_of(words)));
  }
}

constexpr Field<Draft> kLog[] = {
    {"to", kRequired, read_to, nullptr, "to: stdout"},
    {"format", "tcplog", read_format},
    {"frame", kUnset, kSet<&Draft::frame, choice_at<kFrames>>},
    {"facility", "local0",
     kSetPrinted<&LogTarget::facility, choice_at<kFacilities>, kWithFacility>},
    {"tag", "tidegate", kSetPrinted<&LogTarget::tag, word_at<kLongestTag>, kWithTag>},
    {"hostname", kUnset,
     kSetPrinted<&LogTarget::hostname, word_at<kLongestHostname>, kWithHostname>},
    {"len", kUnset, kSet<&Draft::length, number_at<kShortest, kLongest>>},
    {"level", "debug", kSetTarget<&LogTarget::level, choice_at<kLevels>>},
    {"min_level", "emerg", read_min_level},
    {"sample", kNoDefault, read_sample, list_fields<kSample>},
};

LogTarget read_target(const Cursor& at) {
  Draft draft;
  if (at.is_mapping()) {
    read_fields(at, kLog, draft);
  } else {
    read_to(at, draft);
  }
  LogTarget target = std::move(draft.target);
  const bool syslog = target.kind == Kind::kSyslog;
  const LogFrame usual = target.hostname.empty() ? LogFrame::kLocal : LogFrame::kRfc3164;
  target.frame = draft.frame.value_or(syslog ? usual : LogFrame::kRaw);
  check_printed(draft, target.frame);
  target.place = at.place();
  target.length = draft.length.value_or(syslog ? kSyslogLength : 0);
  return target;
}

}  // namespace

void read_log(const Cursor& at, Global& global) {
  global.logs.clear();
  for (const auto& item : at.items()) global.logs.push_back(read_target(item));

  if (global.logs.empty()) at.mistake("lists no target: say none to log nothing");
  const auto nones = std::ranges::count(global.logs, Kind::kNone, &LogTarget::kind);
  if (nones > 0 && global.logs.size() > 1) {
    at.mistake("lists none beside other targets: keep one or the other");
  }
}

void list_log_keys(const std::string& prefix, std::vector<KnownKey>& keys) {
  list_fields<kLog>(prefix, keys);
}

}  // namespace conf::yaml
