#include "lb/flags.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <optional>
#include <string_view>

#include "conf/algorithm.h"

namespace lb {
namespace {

struct Flag {
  std::string_view name;
  std::string_view value;  // what its value is called; empty: it has none
  std::string_view help;
  bool (*apply)(Flags& flags, std::string_view value);  // false: the value is not one
};

bool read_maxconn(Flags& flags, std::string_view value) {
  const std::string text(value);
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, flags.maxconn);
  return error == std::errc{} && stop == end;
}

constexpr auto kFlags = std::to_array<Flag>({
    {"-f", "FILE", "read this file, or the files of this directory; repeatable",
     [](Flags& flags, std::string_view value) {
       flags.files.emplace_back(value);
       return true;
     }},
    {"-c", "", "check the configuration and exit",
     [](Flags& flags, std::string_view) { return flags.check = true; }},
    {"-D", "", "run in the background",
     [](Flags& flags, std::string_view) { return flags.daemon = true; }},
    {"-db", "", "stay in the foreground, as without -D",
     [](Flags&, std::string_view) { return true; }},
    {"-d", "", "debug: stay in the foreground and take -q back",
     [](Flags& flags, std::string_view) { return flags.debug = true; }},
    {"-p", "FILE", "write the process id to this file",
     [](Flags& flags, std::string_view value) {
       flags.pid_file = value;
       return true;
     }},
    {"-n", "NUMBER", "at most so many sessions; 0: as configured", read_maxconn},
    {"-q", "", "quiet: no message at all",
     [](Flags& flags, std::string_view) { return flags.quiet = true; }},
    {"-V", "", "verbose: takes -q back, and -c says that the file is valid",
     [](Flags& flags, std::string_view) { return flags.verbose = true; }},
    {"-v", "", "show the version",
     [](Flags& flags, std::string_view) {
       flags.show = Flags::Show::kVersion;
       return true;
     }},
    {"-vv", "", "show the version, how it was built, and what it can do",
     [](Flags& flags, std::string_view) {
       flags.show = Flags::Show::kBuild;
       return true;
     }},
    {"-h", "", "show this",
     [](Flags& flags, std::string_view) {
       flags.show = Flags::Show::kUsage;
       return true;
     }},
});

// HAProxy's other flags. Of those after -d a letter says which, and more may follow it.
constexpr auto kForeign =
    std::to_array<std::string_view>({"-cc", "-W", "-Ws", "-sf", "-st", "-x", "-S", "-N", "-m", "-L",
                                     "-C", "-4", "-vq", "-vqs", "-vqb"});
constexpr std::string_view kForeignDebug = "ACDFGIKLMRSTVWZcekprtv";

bool is_foreign(std::string_view name) {
  if (name.starts_with("-d") && name.size() > 2) return kForeignDebug.contains(name[2]);
  return std::ranges::find(kForeign, name) != kForeign.end();
}

std::string refusal(std::string_view name) {
  if (!name.starts_with('-')) {
    return fmt::format("'{}' is not a flag; a configuration file is named with -f", name);
  }
  if (is_foreign(name)) return fmt::format("HAProxy's flag '{}' is not supported yet", name);
  return fmt::format("unknown flag '{}'", name);
}

std::expected<conf::Algorithm, std::string> algorithm_of(std::string_view name) {
  std::string all;
  for (const auto& [known, algorithm] : conf::kAlgorithms) {
    if (known == name) return algorithm;
    all += all.empty() ? "" : ", ";
    all += known;
  }
  return std::unexpected(fmt::format("--balance wants an algorithm after it: {}", all));
}

}  // namespace

std::expected<Flags, std::string> scan_flags(std::span<const char* const> arguments) {
  Flags flags;
  std::size_t next = 0;
  const auto take = [&]() -> std::optional<std::string_view> {
    if (next == arguments.size()) return std::nullopt;
    return arguments[next++];
  };

  if (!arguments.empty() && std::string_view(arguments[0]) == "demo") {
    flags.demo = true;
    next = 1;
  }
  while (const auto name = take()) {
    if (flags.demo && *name == "--balance") {
      const auto balance = algorithm_of(take().value_or(""));
      if (!balance) return std::unexpected(balance.error());
      flags.demo_balance = *balance;
      continue;
    }
    if (*name == "--") {
      while (const auto file = take()) flags.files.emplace_back(*file);
      break;
    }
    const auto* flag = std::ranges::find(kFlags, *name == "--help" ? "-h" : *name, &Flag::name);
    if (flag == kFlags.end()) return std::unexpected(refusal(*name));
    std::string_view value;
    if (!flag->value.empty()) {
      const auto given = take();
      if (!given)
        return std::unexpected(fmt::format("flag '{}' wants a {} after it", *name, flag->value));
      value = *given;
    }
    if (!flag->apply(flags, value)) {
      return std::unexpected(fmt::format("flag '{}' wants a {} from 0 to 4294967295, not '{}'",
                                         *name, flag->value, value));
    }
    if (flags.show != Flags::Show::kNothing) return flags;
  }
  if (flags.verbose || flags.debug) flags.quiet = false;
  if (flags.demo && !flags.files.empty())
    return std::unexpected("demo brings its own configuration; leave out the files");
  if (flags.demo && (flags.daemon || flags.check))
    return std::unexpected(
        "demo runs in the foreground and has nothing to check; leave out -D and -c");
  if (!flags.demo && flags.files.empty())
    return std::unexpected("no configuration; name a file or a directory with -f");
  return flags;
}

std::string usage() {
  std::string text =
      "Usage : tidegate [-f FILE]... [flags] [-- FILE...]\n"
      "        tidegate demo [--balance ALGORITHM] [flags]\n"
      "\n";
  for (const Flag& flag : kFlags) {
    fmt::format_to(std::back_inserter(text), "  {:<12}{}\n",
                   fmt::format("{} {}", flag.name, flag.value), flag.help);
  }
  text +=
      "\n"
      "Examples :\n"
      "  tidegate demo                                  three servers and a frontend on loopback\n"
      "  tidegate demo --balance maglev                 and how that algorithm spreads clients\n"
      "  tidegate -c -V -f /etc/tidegate/tidegate.yaml  is this file right?\n"
      "  tidegate -f /etc/tidegate/tidegate.yaml        run it in the foreground\n"
      "  tidegate -D -p /run/tidegate.pid -f /etc/tidegate/conf.d\n"
      "                                                 run a directory's files in the "
      "background\n";
  return text;
}

}  // namespace lb
