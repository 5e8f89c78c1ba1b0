#include "lb/admin/stat_commands.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <chrono>
#include <memory>
#include <utility>

#include "lb/admin/places.h"
#include "lb/admin/show_info.h"
#include "lb/admin/show_servers.h"
#include "lb/admin/show_stat.h"

namespace lb::admin {
namespace {

using Snapshots = std::shared_ptr<const telemetry::Snapshot>;

void show_stat(Statistics& statistics, const Request& request, Answer answer) {
  auto query = StatQuery::read(request.words);
  if (!query) return answer.fail(query.error());
  query->addresses = request.terms.level >= Level::kOperator;
  auto kept = std::make_shared<Answer>(std::move(answer));
  statistics.take([kept, asked = std::move(*query)](Snapshots snapshot) {
    StatQuery resolved = asked;
    if (!resolve(resolved, *snapshot)) return kept->fail("No such proxy.\n");
    kept->stream(render(std::move(resolved), std::move(snapshot)));
  });
}

using Render = Producer (*)(Snapshots snapshot, std::string backend);

void show_servers(Engine& engine, Statistics& statistics, Render render, const Request& request,
                  Answer answer) {
  std::string backend(request.word(0));
  if (!backend.empty() && engine.fleet().find_backend(backend) == nullptr)
    return answer.fail("Can't find backend.\n");
  auto kept = std::make_shared<Answer>(std::move(answer));
  statistics.take([kept, render, asked = std::move(backend)](Snapshots snapshot) {
    kept->stream(render(std::move(snapshot), asked));
  });
}

void show_backend(Engine& engine, Answer answer) {
  std::string text = "# name\n";
  for (const proxy::Backend& backend : engine.fleet().backends) text += backend.config.name + '\n';
  answer.line(text);
}

void get_weight(Engine& engine, const Request& request, Answer answer) {
  const std::string_view path = request.word(0);
  const std::size_t slash = path.find('/');
  if (slash == std::string_view::npos) return answer.fail("Require 'backend/server'.\n");
  proxy::Backend* const backend = engine.fleet().find_backend(path.substr(0, slash));
  if (backend == nullptr) return answer.fail("No such backend.\n");
  const auto place = engine.fleet().find_server(*backend, path.substr(slash + 1));
  if (!place) return answer.fail("No such server.\n");
  const balancer::Facts facts = backend->choice.view(place->server, 1).front().facts;
  answer.line(fmt::format("{} (initial {})", facts.operator_weight.value_or(facts.weight),
                          place->config().weight));
}

void clear_counters(Statistics& statistics, const Request& request, Answer answer) {
  const bool all = request.word(0) == "all";
  if (all && request.terms.level < Level::kAdmin) return answer.fail("Permission denied\n");
  auto kept = std::make_shared<Answer>(std::move(answer));
  statistics.clear(all, [kept] { kept->finish(); });
}

void clear_server(Engine& engine, Statistics& statistics, const Request& request, Answer answer) {
  const auto server = find_server(engine.fleet(), request.word(0));
  if (!server) return answer.fail(server.error());
  auto kept = std::make_shared<Answer>(std::move(answer));
  statistics.clear(*server, [kept] {
    kept->say(conf::LogLevel::kInfo, "Server counters cleared.");
    kept->finish();
  });
}

void show_errors(Answer answer) {
  const auto now = std::chrono::system_clock::now();
  const auto ms =
      std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count() % 1000;
  answer.line(fmt::format("Total events captured on [{:%d/%b/%Y:%H:%M:%S}.{:03}] : 0",
                          fmt::localtime(std::chrono::system_clock::to_time_t(now)), ms));
}

}  // namespace

void add_stat_commands(CommandTable& table, Engine& engine, Statistics& statistics) {
  table.add({.words = "show stat",
             .arguments = "[desc|json|no-maint|typed|up]*",
             .description = "report counters for each proxy and server",
             .handler = [&statistics](const Request& request, Answer answer) {
               show_stat(statistics, request, std::move(answer));
             }});
  table.add({.words = "show info",
             .arguments = "[desc|json|typed|float]*",
             .description = "report information about the running process",
             .handler = [&statistics](const Request& request, Answer answer) {
               answer.line(info_text(statistics.process(), request.words));
             }});
  table.add({.words = "show servers state",
             .arguments = "[<backend>]",
             .description = "dump volatile server information (all or for a single backend)",
             .handler = [&engine, &statistics](const Request& request, Answer answer) {
               show_servers(engine, statistics, render_states, request, std::move(answer));
             }});
  table.add({.words = "show servers conn",
             .arguments = "[<backend>]",
             .description = "dump server connections status (all or for a single backend)",
             .handler = [&engine, &statistics](const Request& request, Answer answer) {
               show_servers(engine, statistics, render_connections, request, std::move(answer));
             }});
  table.add({.words = "show backend",
             .arguments = "",
             .description = "list backends in the current running config",
             .handler = [&engine](const Request&, Answer answer) {
               show_backend(engine, std::move(answer));
             }});
  table.add({.words = "show errors",
             .arguments = "[<px>] [request|response]",
             .description = "report last request and/or response errors for each proxy",
             .level = Level::kOperator,
             .handler = [](const Request&, Answer answer) { show_errors(std::move(answer)); }});
  table.add({.words = "get weight",
             .arguments = "<bk>/<srv>",
             .description = "report a server's current weight",
             .handler = [&engine](const Request& request, Answer answer) {
               get_weight(engine, request, std::move(answer));
             }});
  table.add({.words = "clear counters",
             .arguments = "[all]",
             .description = "clear max statistics counters (or all counters)",
             .level = Level::kOperator,
             .changes = true,
             .handler = [&statistics](const Request& request, Answer answer) {
               clear_counters(statistics, request, std::move(answer));
             }});
  table.add({.words = "clear counters server",
             .arguments = "<bk>/<srv>",
             .description = "clear all statistics counters of a server",
             .level = Level::kOperator,
             .changes = true,
             .handler = [&engine, &statistics](const Request& request, Answer answer) {
               clear_server(engine, statistics, request, std::move(answer));
             }});
}

}  // namespace lb::admin
