#include "conf/haproxy/server_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <utility>
#include <vector>

#include "conf/haproxy/address.h"
#include "conf/haproxy/time.h"
#include "conf/haproxy/words.h"
#include "conf/nearest.h"
#include "conf/value.h"

namespace conf::haproxy {
namespace {

using std::chrono::milliseconds;

// What a word has led to: nullopt, or what is wrong with it.
using Fault = std::optional<std::string>;

// A server whose line is being read. What is absent has its default at the end.
struct Draft {
  ServerLine line;
  Check check;
  std::optional<milliseconds> fast_interval;
  std::optional<milliseconds> down_interval;
  std::optional<AgentCheck> agent;
  AgentCheck asked_of_agent;
  std::optional<Observe> observe;
  Observe observed;

  [[nodiscard]] Server& server() { return line.server; }
};

struct Keyword {
  std::string_view word;
  bool has_value;
  Fault (*take)(Draft& draft, std::string_view value);
};

template <typename T>
Fault number(T& into, std::string_view value, std::uint32_t least, std::uint32_t most,
             std::string_view what) {
  const auto read = parse_number(value, least, most);
  if (!read)
    return fmt::format("{} is not a number from {} to {}: {}", what, least, most, in_quotes(value));
  into = static_cast<T>(*read);
  return std::nullopt;
}

template <typename T>
Fault time(T& into, std::string_view value, std::string_view what, milliseconds unit) {
  const auto read = parse_time(value, unit);
  if (!read || read->count() == 0)
    return fmt::format("{} is not a time such as 2s: {}", what, in_quotes(value));
  into = *read;
  return std::nullopt;
}

template <typename T>
Fault choice(T& into, std::string_view value, std::string_view what,
             std::initializer_list<std::pair<std::string_view, T>> all) {
  std::string words;
  for (const auto& [word, meaning] : all) {
    if (word == value) {
      into = meaning;
      return std::nullopt;
    }
    words += fmt::format("{}'{}'", words.empty() ? "" : ", ", word);
  }
  return fmt::format("'{}' expects {}, not {}", what, words, in_quotes(value));
}

Fault ip(std::optional<Address>& into, std::string_view value, std::string_view what) {
  into = parse_ip(value);
  return into ? std::nullopt : Fault(fmt::format("{} is no address: {}", what, in_quotes(value)));
}

Fault weight(Draft& draft, std::string_view value) {
  if (number(draft.server().weight, value, 0, 256, ""))
    return fmt::format("weight of server {} is not within 0 and 256 ({}).", draft.server().name,
                       printable(value));
  return std::nullopt;
}

Fault send_proxy(Draft& draft, SendProxy::Version version) {
  if (!draft.server().send_proxy) draft.server().send_proxy.emplace();
  draft.server().send_proxy->version = version;
  return std::nullopt;
}

Fault proxy_options(Draft& draft, std::string_view value) {
  if (!draft.server().send_proxy) draft.server().send_proxy.emplace();
  SendProxy& asked = *draft.server().send_proxy;
  while (!value.empty()) {
    const std::string_view word = value.substr(0, value.find(','));
    value.remove_prefix(std::min(value.size(), word.size() + 1));
    if (word == "crc32c") {
      asked.crc32c = true;
    } else if (word == "unique-id") {
      asked.unique_id = true;
    } else if (word == "authority") {
      asked.authority = true;
    } else {
      return fmt::format("'proxy-v2-options' knows 'crc32c', 'unique-id' and 'authority', not {}",
                         in_quotes(word));
    }
  }
  return std::nullopt;
}

Fault track(Draft& draft, std::string_view value) {
  const std::size_t slash = value.find('/');
  if (slash == std::string_view::npos || slash == 0 || slash + 1 == value.size())
    return "'track' expects [<proxy>/]<server> as argument.";
  draft.server().track = Track{.backend = std::string(value.substr(0, slash)),
                               .server = std::string(value.substr(slash + 1))};
  return std::nullopt;
}

constexpr milliseconds kMs{1};

constexpr std::array kKeywords = {
    Keyword{"addr", true, [](Draft& d, auto v) { return ip(d.check.address, v, "addr"); }},
    Keyword{"agent-addr", true,
            [](Draft& d, auto v) { return ip(d.asked_of_agent.address, v, "agent-addr"); }},
    Keyword{"agent-check", false,
            [](Draft& d, auto) {
              d.agent.emplace();
              return Fault();
            }},
    Keyword{
        "agent-inter", true,
        [](Draft& d, auto v) { return time(d.asked_of_agent.interval, v, "agent-inter", kMs); }},
    Keyword{
        "agent-port", true,
        [](Draft& d, auto v) { return number(d.asked_of_agent.port, v, 1, 65535, "agent-port"); }},
    Keyword{"agent-send", true,
            [](Draft& d, auto v) {
              d.asked_of_agent.send = v;
              return Fault();
            }},
    Keyword{"backup", false,
            [](Draft& d, auto) {
              d.server().backup = true;
              return Fault();
            }},
    Keyword{"check", false,
            [](Draft& d, auto) {
              d.line.is_checked = true;
              return Fault();
            }},
    Keyword{"check-send-proxy", false,
            [](Draft& d, auto) {
              d.check.send_proxy = true;
              return Fault();
            }},
    Keyword{"disabled", false,
            [](Draft& d, auto) {
              d.server().disabled = true;
              return Fault();
            }},
    Keyword{"downinter", true,
            [](Draft& d, auto v) { return time(d.down_interval, v, "downinter", kMs); }},
    Keyword{"enabled", false,
            [](Draft& d, auto) {
              d.line.enabled = true;
              return Fault();
            }},
    Keyword{"error-limit", true,
            [](Draft& d, auto v) {
              return number(d.observed.error_limit, v, 1, UINT32_MAX, "error-limit");
            }},
    Keyword{"fall", true,
            [](Draft& d, auto v) { return number(d.check.fall, v, 1, 100'000, "fall"); }},
    Keyword{"fastinter", true,
            [](Draft& d, auto v) { return time(d.fast_interval, v, "fastinter", kMs); }},
    Keyword{"id", true,
            [](Draft& d, auto v) { return number(d.server().id, v, 1, INT32_MAX, "id"); }},
    Keyword{"inter", true,
            [](Draft& d, auto v) { return time(d.check.interval, v, "inter", kMs); }},
    Keyword{
        "maxconn", true,
        [](Draft& d, auto v) { return number(d.server().maxconn, v, 0, UINT32_MAX, "maxconn"); }},
    Keyword{
        "maxqueue", true,
        [](Draft& d, auto v) { return number(d.server().maxqueue, v, 0, UINT32_MAX, "maxqueue"); }},
    Keyword{
        "minconn", true,
        [](Draft& d, auto v) { return number(d.server().minconn, v, 0, UINT32_MAX, "minconn"); }},
    Keyword{"no-check", false,
            [](Draft& d, auto) {
              d.line.is_checked = false;
              return Fault();
            }},
    Keyword{"observe", true,
            [](Draft& d, auto v) {
              if (v != "layer4") return Fault("'observe' expects layer4 in TCP mode.");
              d.observe.emplace();
              return Fault();
            }},
    Keyword{"on-error", true,
            [](Draft& d, auto v) {
              using Action = Observe::Action;
              return choice(d.observed.on_error, v, "on-error",
                            {{"fastinter", Action::kFastInterval},
                             {"fail-check", Action::kFailCheck},
                             {"sudden-death", Action::kSuddenDeath},
                             {"mark-down", Action::kMarkDown}});
            }},
    Keyword{"on-marked-down", true,
            [](Draft& d, auto v) {
              return choice(d.server().on_marked_down, v, "on-marked-down",
                            {{"shutdown-sessions", OnMarkedDown::kShutdownSessions},
                             {"drain", OnMarkedDown::kDrain}});
            }},
    Keyword{"on-marked-up", true,
            [](Draft& d, auto v) {
              return choice(d.server().on_marked_up, v, "on-marked-up",
                            {{"shutdown-backup-sessions", OnMarkedUp::kShutdownBackupSessions}});
            }},
    Keyword{"port", true,
            [](Draft& d, auto v) { return number(d.check.port.emplace(), v, 1, 65535, "port"); }},
    Keyword{"proxy-v2-options", true, proxy_options},
    Keyword{"rise", true,
            [](Draft& d, auto v) { return number(d.check.rise, v, 1, 100'000, "rise"); }},
    Keyword{"send-proxy", false,
            [](Draft& d, auto) { return send_proxy(d, SendProxy::Version::kV1); }},
    Keyword{"send-proxy-v2", false,
            [](Draft& d, auto) { return send_proxy(d, SendProxy::Version::kV2); }},
    Keyword{"slowstart", true,
            [](Draft& d, auto v) {
              return time(d.server().slow_start, v, "slowstart", milliseconds{1000});
            }},
    Keyword{"track", true, track},
    Keyword{"weight", true, weight},
};

// What a static server may have, or one of HTTP or TLS.
constexpr auto kRefused = std::to_array<std::string_view>(
    {"cookie", "init-addr", "namespace", "redir", "resolve-net", "resolve-opts", "resolve-prefer",
     "resolvers", "crt", "ssl", "verify", "ca-file", "sni", "alpn", "proto", "source", "tfo"});

Fault unknown(std::string_view word) {
  if (std::ranges::find(kRefused, word) != kRefused.end())
    return fmt::format("'{}' option is not accepted for dynamic server", word);
  std::array<std::string_view, kKeywords.size()> words;
  std::ranges::transform(kKeywords, words.begin(), &Keyword::word);
  const std::string_view meant = nearest(word, words);
  return fmt::format("unknown keyword {}{}", in_quotes(word),
                     meant.empty() ? "" : fmt::format("; did you mean '{}' maybe ?", meant));
}

Fault take_name(Draft& draft, std::string_view name) {
  const auto bad = std::ranges::find_if(name, [](char letter) {
    const bool alphanumeric = (letter >= 'a' && letter <= 'z') ||
                              (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9');
    return !alphanumeric && !std::string_view("_:.-").contains(letter);
  });
  if (bad != name.end())
    return fmt::format("character {} is not permitted in server name {}.",
                       in_quotes(std::string_view(bad, 1)), in_quotes(name));
  draft.server().name = name;
  return std::nullopt;
}

Fault take_address(Draft& draft, std::string_view text) {
  const auto target = parse_target(text);
  if (!target) return target.error();
  const bool is_path = target->address && target->address->family == Family::kUnix;
  if (!is_path && target->port.value_or(0) == 0)
    return fmt::format("{} has no port: a server has the same port for all clients",
                       in_quotes(text));
  draft.server().address = target->address;
  draft.server().host = target->host;
  return std::nullopt;
}

// What is left when every word was read.
Fault conclude(Draft& draft) {
  Server& server = draft.server();
  draft.check.fast_interval = draft.fast_interval.value_or(draft.check.interval);
  draft.check.down_interval = draft.down_interval.value_or(draft.check.interval);
  if (draft.line.is_checked && server.track)
    return "unable to use 'check' and 'track' together: the server that is tracked is checked";
  if (draft.line.is_checked) server.check = draft.check;
  if (!draft.asked_of_agent.address) draft.asked_of_agent.address = draft.check.address;
  if (draft.agent) server.agent = draft.asked_of_agent;
  if (server.agent && server.agent->port == 0)
    return "'agent-check' requires an 'agent-port' as well";
  if (draft.observe && !draft.line.is_checked) return "'observe' requires 'check' as well";
  if (draft.observe) server.observe = draft.observed;
  if (server.minconn > server.maxconn) server.maxconn = server.minconn;
  return std::nullopt;
}

}  // namespace

std::expected<ServerLine, std::string> read_server_line(std::string_view name,
                                                        std::span<const std::string> words) {
  if (name.empty() || words.empty())
    return std::unexpected("'server' expects <name> and <addr>[:<port>] as arguments.");
  Draft draft;
  if (const Fault fault = take_name(draft, name)) return std::unexpected(*fault);
  if (const Fault fault = take_address(draft, words.front())) return std::unexpected(*fault);
  for (std::size_t at = 1; at < words.size(); ++at) {
    const auto keyword = std::ranges::find(kKeywords, words[at], &Keyword::word);
    if (keyword == kKeywords.end()) return std::unexpected(*unknown(words[at]));
    if (keyword->has_value && ++at == words.size())
      return std::unexpected(fmt::format("'{}' expects an argument.", keyword->word));
    if (const Fault fault = keyword->take(draft, keyword->has_value ? words[at] : ""))
      return std::unexpected(*fault);
  }
  if (const Fault fault = conclude(draft)) return std::unexpected(*fault);
  return std::move(draft.line);
}

}  // namespace conf::haproxy
