#include <fmt/format.h>

#include <functional>
#include <limits>
#include <memory>

#include "conf/value.h"
#include "lb/cli/commands.h"
#include "lb/cli/words.h"

namespace lb::cli {
namespace {

// One command for each server of the target; the answers are the cells behind the server's name.
// A server that fails is told and leaves the others alone.
int for_each_server(const Context& context, const std::string& name, std::vector<Column> columns,
                    const std::function<std::string(const std::string&)>& command,
                    const std::function<std::vector<Cell>(const std::string&)>& cells) {
  const auto target = read_target(name);
  if (!target) return fail(target.error());
  const Client client = context.client();
  std::vector<std::string> servers = servers_of(*target, {});
  if (servers.empty()) {
    const auto stats = ask_stat(client);
    if (!stats) return fail(stats.error());
    servers = servers_of(*target, *stats);
    if (servers.empty()) return fail(wrong_name(*target, *stats));
  }
  Table table{.columns = {{.key = "server"}}, .rows = {}};
  table.columns.insert(table.columns.end(), columns.begin(), columns.end());
  int status = 0;
  for (const std::string& server : servers) {
    const auto answer = client.ask(command(server));
    if (!answer) {
      status = fail(context, answer.error(), read_target(server).value_or(*target));
      continue;
    }
    table.rows.push_back({Cell::of(server)});
    const std::vector<Cell> more = cells(*answer);
    table.rows.back().insert(table.rows.back().end(), more.begin(), more.end());
  }
  if (!table.rows.empty()) show(context, table);
  return status;
}

int set_state(const Context& context, const std::string& target, const std::string& state) {
  return for_each_server(
      context, target, {{.key = "state"}},
      [&](const std::string& server) {
        return Words("set server").add(server).add("state", state).text();
      },
      [&](const std::string&) { return std::vector{Cell::of(state)}; });
}

// "10 (initial 20)"
std::vector<Cell> weight_cells(const std::string& answer) {
  constexpr std::string_view kInitial = " (initial ";
  const std::size_t middle = answer.find(kInitial);
  const auto number = [](std::string_view text) {
    const auto value = conf::parse_number(text, 0, std::numeric_limits<std::uint32_t>::max());
    return value ? Cell::of(std::int64_t{*value}) : Cell::nothing();
  };
  if (middle == std::string::npos || !answer.ends_with(')'))
    return {Cell::of(answer), Cell::nothing()};
  const std::string_view text(answer);
  const std::string_view initial = text.substr(middle + kInitial.size());
  return {number(text.substr(0, middle)), number(initial.substr(0, initial.size() - 1))};
}

int get_weight(const Context& context, const std::string& target) {
  return for_each_server(
      context, target, {{.key = "weight", .number = true}, {.key = "initial", .number = true}},
      [](const std::string& server) { return Words("get weight").add(server).text(); },
      weight_cells);
}

int set_weight(const Context& context, const std::string& target, const std::string& weight) {
  return for_each_server(
      context, target, {{.key = "weight"}},
      [&](const std::string& server) { return Words("set weight").add(server).add(weight).text(); },
      [&](const std::string&) { return std::vector{Cell::of(weight)}; });
}

void add_state(CLI::App& app, Context& context, const std::string& state,
               const std::string& description, const std::string& examples) {
  const auto target = std::make_shared<std::string>();
  CLI::App* const command = add_command(app, context, state, description, examples);
  command->add_option("servers", *target, "BACKEND/SERVER[,SERVER...], or BACKEND for all")
      ->required();
  command->callback(
      [&context, target, state] { context.status = set_state(context, *target, state); });
}

}  // namespace

void add_server(CLI::App& app, Context& context) {
  add_state(app, context, "ready", "Let sessions to servers again; ends a drain or maintenance",
            "  tidectl ready app/s1\n"
            "  tidectl ready app               every server of the backend");
  add_state(app, context, "maint", "Take servers out at once; their checks stop, sessions go on",
            "  tidectl maint app/s1,s2\n"
            "  tidectl drain app/s1 --deadline 2m --wait && tidectl maint app/s1");

  const auto target = std::make_shared<std::string>();
  const auto weight = std::make_shared<std::string>();
  CLI::App* const command =
      add_command(app, context, "weight", "Show the weight of servers, or change it",
                  "  tidectl weight app/s1\n"
                  "  tidectl weight app/s1 50%       half of what is configured\n"
                  "  tidectl weight app/s1,s2 20");
  command->add_option("servers", *target, "BACKEND/SERVER[,SERVER...], or BACKEND for all")
      ->required();
  command->add_option("weight", *weight, "0 to 256, or a part of the configured one: 50%");
  command->callback([&context, target, weight] {
    context.status =
        weight->empty() ? get_weight(context, *target) : set_weight(context, *target, *weight);
  });
}

}  // namespace lb::cli
