#include "lb/admin/server_commands.h"

#include <array>
#include <charconv>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "balancer/weight_request.h"
#include "lb/admin/places.h"
#include "lb/admin/server_address.h"

namespace lb::admin {
namespace {

using balancer::Admin;
using check::Place;

// What is wrong, in HAProxy's words; nullopt: it is done.
using Fault = std::optional<std::string>;

constexpr const char* kUsage =
    "usage: set server <backend>/<server> addr | agent | check-addr | check-port | fqdn | health | "
    "maxconn | state | weight";

// The answer ends when every worker has heard of what was done.
void reply_when_known(Engine& engine, Answer answer) {
  const auto kept = std::make_shared<Answer>(std::move(answer));
  engine.crew().each([](Worker&) {}, [kept] { kept->finish(); });
}

Fault set_state(Engine& engine, const Place& server, std::string_view state) {
  constexpr std::array<std::pair<std::string_view, Admin>, 3> kStates = {
      {{"ready", Admin::kReady}, {"drain", Admin::kDrain}, {"maint", Admin::kMaint}}};
  for (const auto& [word, admin] : kStates) {
    if (word != state) continue;
    engine.supervisor().set_admin(server, admin);
    return std::nullopt;
  }
  return "'set server <srv> state' expects 'ready', 'drain' and 'maint'.";
}

Fault set_health(Engine& engine, const Place& server, std::string_view state) {
  using Forced = check::Supervisor::Forced;
  constexpr std::array<std::pair<std::string_view, Forced>, 3> kStates = {
      {{"up", Forced::kUp}, {"stopping", Forced::kStopping}, {"down", Forced::kDown}}};
  if (server.config().track) return "cannot change health on a tracking server.";
  for (const auto& [word, forced] : kStates) {
    if (word != state) continue;
    engine.supervisor().force_health(server, forced);
    return std::nullopt;
  }
  return "'set server <srv> health' expects 'up', 'stopping', or 'down'.";
}

Fault set_agent(Engine& engine, const Place& server, std::string_view state) {
  if (!server.config().agent) return "agent checks are not enabled on this server.";
  if (state != "up" && state != "down") return "'set server <srv> agent' expects 'up' or 'down'.";
  engine.supervisor().force_agent(server, state == "down");
  return std::nullopt;
}

std::expected<balancer::WeightRequest, std::string_view> weight_in(std::string_view text) {
  if (text.empty()) return std::unexpected("Require <weight> or <weight%>.");
  balancer::WeightRequest request;
  const auto [stop, error] = std::from_chars(text.begin(), text.end(), request.number);
  if (error != std::errc{})
    return std::unexpected("Empty weight string empty or preceded by garbage");
  request.percent = stop != text.end() && *stop == '%';
  if (stop + (request.percent ? 1 : 0) != text.end())
    return std::unexpected("Trailing garbage in weight string");
  return request;
}

Fault set_weight(Engine& engine, const Place& server, std::string_view text) {
  const auto request = weight_in(text);
  if (!request) return std::string(request.error());
  const auto done = engine.supervisor().set_weight(server, *request);
  return done ? std::nullopt : Fault(done.error());
}

Fault set_maxconn(Engine& engine, const Place& server, std::string_view text) {
  if (text.empty()) return "Require <maxconn>.";
  std::uint32_t maxconn = 0;
  const auto [stop, error] = std::from_chars(text.begin(), text.end(), maxconn);
  if (error != std::errc{}) return "maxconn string empty or preceded by garbage";
  if (stop != text.end()) return "Trailing garbage in maxconn string";
  engine.supervisor().set_maxconn(server, maxconn);
  return std::nullopt;
}

Fault set_server(Engine& engine, const Place& server, const Request& request) {
  const std::string_view what = request.word(1);
  const std::string_view value = request.word(2);
  if (what == "state") return set_state(engine, server, value);
  if (what == "health") return set_health(engine, server, value);
  if (what == "agent") return set_agent(engine, server, value);
  if (what == "weight") return set_weight(engine, server, value);
  if (what == "maxconn") return set_maxconn(engine, server, value);
  return kUsage;
}

Fault enable_checks(Engine& engine, const Place& server, bool enable) {
  if (enable && !server.config().check)
    return "Health check was not configured on this server, cannot enable.";
  engine.supervisor().enable_checks(server, enable);
  return std::nullopt;
}

Fault enable_agent(Engine& engine, const Place& server, bool enable) {
  if (enable && !server.config().agent)
    return "Agent was not configured on this server, cannot enable.";
  engine.supervisor().enable_agent(server, enable);
  return std::nullopt;
}

using Change = std::function<Fault(Engine&, const Place&, const Request&)>;

Command::Handler of_a_server(Engine& engine, Change change) {
  return [&engine, change = std::move(change)](const Request& request, Answer answer) {
    const auto server = find_server(engine.fleet(), request.word(0));
    if (!server) return answer.fail(server.error());
    if (const Fault fault = change(engine, *server, request)) return answer.fail(*fault);
    reply_when_known(engine, std::move(answer));
  };
}

void move(Engine& engine, const Place& server, const Moved& moved, Answer answer) {
  if (!moved.where) return answer.fail(moved.says);
  const auto kept = std::make_shared<Answer>(std::move(answer));
  engine.move_server(server, *moved.where, [kept, says = moved.says] {
    if (!says.empty()) kept->say(conf::LogLevel::kWarning, says);
    kept->finish();
  });
}

// Beside what is done at once, a server and its checks may go elsewhere.
Command::Handler set_or_move(Engine& engine) {
  return [&engine, set = of_a_server(engine, set_server)](const Request& request, Answer answer) {
    const auto server = find_server(engine.fleet(), request.word(0));
    const auto words = std::span(request.words).subspan(request.words.empty() ? 0 : 1);
    const auto moved = server ? move_as_told(server->at_work(), words) : std::nullopt;
    if (moved) return move(engine, *server, *moved, std::move(answer));
    set(request, std::move(answer));
  };
}

Change to_state(std::string_view state) {
  return [state](Engine& engine, const Place& server, const Request&) {
    return set_state(engine, server, state);
  };
}

}  // namespace

void add_server_commands(CommandTable& table, Engine& engine) {
  const auto add_handler = [&](std::string words, std::string arguments, std::string description,
                               Command::Handler handler) {
    table.add({.words = std::move(words),
               .arguments = std::move(arguments),
               .description = std::move(description),
               .level = Level::kAdmin,
               .changes = true,
               .handler = std::move(handler)});
  };
  const auto add = [&](std::string words, std::string arguments, std::string description,
                       Change change) {
    add_handler(std::move(words), std::move(arguments), std::move(description),
                of_a_server(engine, std::move(change)));
  };
  add_handler("set server", "<bk>/<srv> [opts]",
              "change a server's state, weight, health, limit or address", set_or_move(engine));
  add("set weight", "<bk>/<srv>  (DEPRECATED)",
      "change a server's weight (use 'set server' instead)",
      [](Engine& one, const Place& server, const Request& request) {
        return set_weight(one, server, request.word(1));
      });
  add("set maxconn server", "<bk>/<srv>", "change a server's maxconn setting",
      [](Engine& one, const Place& server, const Request& request) {
        return set_maxconn(one, server, request.word(1));
      });
  add("enable server", "(DEPRECATED)", "enable a disabled server (use 'set server' instead)",
      to_state("ready"));
  add("disable server", "(DEPRECATED)",
      "disable a server for maintenance (use 'set server' instead)", to_state("maint"));
  for (const bool enable : {true, false}) {
    const std::string verb = enable ? "enable" : "disable";
    add(verb + " health", "", verb + " health checks",
        [enable](Engine& one, const Place& server, const Request&) {
          return enable_checks(one, server, enable);
        });
    add(verb + " agent", "", verb + " agent checks",
        [enable](Engine& one, const Place& server, const Request&) {
          return enable_agent(one, server, enable);
        });
  }
}

}  // namespace lb::admin
