#include "lb/admin/member_commands.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "conf/algorithm.h"
#include "conf/haproxy/server_line.h"
#include "lb/admin/places.h"

namespace lb::admin {
namespace {

using check::Place;
using conf::haproxy::ServerLine;

// What is wrong, in HAProxy's words; nullopt: nothing.
using Fault = std::optional<std::string>;

constexpr const char* kStatic =
    "Backend must use a dynamic load balancing to support dynamic servers.";

// As the servers of the backend are checked that are, or else by a connect.
std::shared_ptr<const conf::CheckDialog> dialog_of(const conf::Backend& backend) {
  static const auto kConnect = std::make_shared<const conf::CheckDialog>();
  const auto checked = std::ranges::find_if(
      backend.servers, [](const conf::Server& one) { return one.check.has_value(); });
  return checked != backend.servers.end() ? checked->check->dialog : kConnect;
}

Fault give_number(const proxy::Backend& backend, conf::Server& server) {
  std::set<std::uint32_t> taken;
  for (balancer::ServerId id = 0; id < backend.servers.size(); ++id) {
    if (!backend.servers.stays(id)) continue;
    const conf::Server& other = backend.servers[id].config;
    taken.insert(other.id);
    if (server.id == other.id)
      return fmt::format("'id' : custom id {} already used by server {}.", server.id, other.name);
  }
  if (server.id != 0) return std::nullopt;
  server.id = 1;
  while (taken.contains(server.id)) ++server.id;
  return std::nullopt;
}

// By name from now on: a number may be another server's later.
Fault find_tracked(Fleet& fleet, conf::Track& track) {
  proxy::Backend* const backend = fleet.find_backend(track.backend);
  const auto server = backend != nullptr ? fleet.find_server(*backend, track.server) : std::nullopt;
  if (!server)
    return fmt::format("unable to find server '{}/{}' to track.", track.backend, track.server);
  track = {.backend = backend->config.name, .server = server->config().name};
  const conf::Server& root = fleet.root_of(*server).config();
  if (root.check || root.agent) return std::nullopt;
  return fmt::format(
      "unable to use {}/{} for tracking as it does not have any check nor agent enabled.",
      track.backend, track.server);
}

Fault complete(Engine& engine, const proxy::Backend& backend, ServerLine& line) {
  if (line.server.check) line.server.check->dialog = dialog_of(backend.config);
  if (line.server.track)
    if (auto fault = find_tracked(engine.fleet(), *line.server.track)) return fault;
  return give_number(backend, line.server);
}

void add_server(Engine& engine, const Request& request, Answer answer) {
  const std::string_view name = request.word(0);
  const std::size_t slash = name.find('/');
  if (slash == std::string_view::npos || slash + 1 == name.size())
    return answer.fail("Require 'backend/server'.");
  proxy::Backend* const backend = engine.fleet().find_backend(name.substr(0, slash));
  if (backend == nullptr) return answer.fail("No such backend.");
  if (conf::is_static(backend->config.balance)) return answer.fail(kStatic);
  auto line =
      conf::haproxy::read_server_line(name.substr(slash + 1), std::span(request.words).subspan(1));
  if (!line) return answer.fail(line.error());
  if (backend->servers.holds(line->server.name))
    return answer.fail("Already exists a server with the same name in backend.");
  if (const Fault fault = complete(engine, *backend, *line)) return answer.fail(*fault);
  const auto kept = std::make_shared<Answer>(std::move(answer));
  engine.add_server(*backend, std::move(line->server),
                    [&engine, kept, enabled = line->enabled](const Place& server) {
                      if (enabled) engine.supervisor().set_admin(server, balancer::Admin::kReady);
                      kept->say(conf::LogLevel::kInfo, "New server registered.");
                      kept->finish();
                    });
}

void delete_server(Engine& engine, Statistics& statistics, const Request& request, Answer answer) {
  const auto server = find_server(engine.fleet(), request.word(0));
  if (!server) return answer.fail(server.error());
  if (conf::is_static(server->backend->config.balance)) return answer.fail(kStatic);
  if (const auto why = engine.what_keeps(*server)) return answer.fail(*why);
  statistics.forget(*server);
  const auto kept = std::make_shared<Answer>(std::move(answer));
  engine.remove_server(*server, [kept] {
    kept->say(conf::LogLevel::kInfo, "Server deleted.");
    kept->finish();
  });
}

}  // namespace

void add_member_commands(CommandTable& table, Engine& engine, Statistics& statistics) {
  table.add({.words = "add server",
             .arguments = "<bk>/<srv>",
             .description = "create a new server",
             .level = Level::kAdmin,
             .changes = true,
             .handler = [&engine](const Request& request, Answer answer) {
               add_server(engine, request, std::move(answer));
             }});
  table.add({.words = "del server",
             .arguments = "<bk>/<srv>",
             .description = "remove a dynamically added server",
             .level = Level::kAdmin,
             .changes = true,
             .handler = [&engine, &statistics](const Request& request, Answer answer) {
               delete_server(engine, statistics, request, std::move(answer));
             }});
}

}  // namespace lb::admin
