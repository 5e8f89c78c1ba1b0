#include "bench/load/options.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <string_view>

#include "bench/load/socket.h"

namespace bench {
namespace {

using Read = bool (*)(std::string_view text, Options& options);

bool read_number(std::string_view text, std::uint64_t& number) {
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && rest == text.data() + text.size();
}

bool read_address(std::string_view text, sockaddr_in& address) {
  const auto read = parse_address(text);
  if (read) address = *read;
  return read.has_value();
}

template <std::uint64_t Options::* kMember>
bool number(std::string_view text, Options& options) {
  return read_number(text, options.*kMember);
}

template <sockaddr_in Options::* kMember>
bool address(std::string_view text, Options& options) {
  return read_address(text, options.*kMember);
}

template <std::chrono::milliseconds Options::* kMember>
bool milliseconds(std::string_view text, Options& options) {
  std::uint64_t count = 0;
  if (!read_number(text, count)) return false;
  options.*kMember = std::chrono::milliseconds(count);
  return true;
}

bool pid(std::string_view text, Options& options) {
  std::uint64_t number = 0;
  if (!read_number(text, number)) return false;
  options.pid = static_cast<pid_t>(number);
  return true;
}

struct Flag {
  std::string_view name;
  std::string_view value;
  std::string_view meaning;
  Read read;
};

constexpr Flag kFlags[] = {
    {"--proxy", "IP:PORT", "where clients connect to", address<&Options::proxy>},
    {"--frontends", "N", "they use N ports from that one on (1)", number<&Options::frontends>},
    {"--server", "IP:PORT", "where the servers in this process listen", address<&Options::server>},
    {"--pid", "N", "the proxy's process, whose CPU time and memory are read", pid},
    {"--round-trips", "N", "sessions that exchange 64 B messages", number<&Options::round_trips>},
    {"--rate", "N",
     "messages a second over all of them, at fixed times (0: as fast as echoes come)",
     number<&Options::rate>},
    {"--connects", "N",
     "lanes of connect, 64 B, 64 B back, close by the server, then by the client",
     number<&Options::connects>},
    {"--visits", "N", "the same, the client closes first", number<&Options::visits>},
    {"--uploads", "N", "sessions that send without end", number<&Options::uploads>},
    {"--downloads", "N", "sessions that receive without end", number<&Options::downloads>},
    {"--idle", "N", "sessions that hold after one exchange", number<&Options::idle>},
    {"--warmup", "MS", "before the measured window (500)", milliseconds<&Options::warmup>},
    {"--window", "MS", "the measured window (2000)", milliseconds<&Options::window>},
    {"--operations", "N", "instead of a window: exactly N round trips or connections",
     number<&Options::operations>},
};

const Flag* find(std::string_view name) {
  for (const Flag& flag : kFlags)
    if (flag.name == name) return &flag;
  return nullptr;
}

}  // namespace

std::expected<Options, std::string> read_options(std::span<char*> arguments) {
  Options options;
  for (std::size_t i = 0; i < arguments.size(); i += 2) {
    const Flag* flag = find(arguments[i]);
    if (flag == nullptr)
      return std::unexpected(fmt::format("there is no option {}: --help lists them", arguments[i]));
    if (i + 1 == arguments.size() || !flag->read(arguments[i + 1], options))
      return std::unexpected(fmt::format("{} needs {}", flag->name, flag->value));
  }
  if (options.proxy.sin_port == 0 || options.server.sin_port == 0)
    return std::unexpected("--proxy and --server are needed");
  const auto kinds = (options.round_trips != 0) + (options.connects != 0) + (options.visits != 0);
  if (options.operations != 0 && kinds != 1)
    return std::unexpected("--operations counts one of --round-trips, --connects and --visits");
  return options;
}

std::string usage() {
  std::string text =
      "Loads a TCP proxy and is its servers as well; prints one line of JSON.\n"
      "Usage: tidegate-load --proxy IP:PORT --server IP:PORT LOAD...\n"
      "  e.g. tidegate-load --proxy 127.0.0.1:4100 --server 127.0.0.1:4200 --round-trips 50\n\n";
  for (const Flag& flag : kFlags)
    text += fmt::format("  {:<24} {}\n", fmt::format("{} {}", flag.name, flag.value), flag.meaning);
  return text;
}

}  // namespace bench
