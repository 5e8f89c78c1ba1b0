#include <fmt/format.h>

#include <memory>

#include "lb/cli/commands.h"
#include "lb/cli/session_list.h"
#include "lb/cli/words.h"

namespace lb::cli {
namespace {

constexpr int kLargestPage = 10'000;

struct SessionOptions {
  std::string frontend, backend, server, client, older, idle, state;
  int limit = 100;
  bool all = false;
};

std::expected<Json, std::string> page(const Client& client, const SessionOptions& options,
                                      std::optional<std::int64_t> after) {
  Words command("sessions");
  command.add("frontend", options.frontend)
      .add("backend", options.backend)
      .add("server", options.server)
      .add("client", options.client)
      .add("older", options.older)
      .add("idle", options.idle)
      .add("state", options.state)
      .add("limit", fmt::format("{}", options.all ? kLargestPage : options.limit));
  if (after) command.add("after", fmt::format("{}", *after));
  const auto answer = client.ask(command.add("json").text());
  if (!answer) return std::unexpected(answer.error());
  return read_json(*answer, "sessions");
}

// The first page, or with --all every one as if they were one.
std::expected<Json, std::string> ask_sessions(const Client& client, const SessionOptions& options) {
  auto found = page(client, options, std::nullopt);
  if (!found || !options.all) return found;
  while (const auto next = number_in(*found, "next")) {
    auto more = page(client, options, next);
    if (!more) return more;
    if (number_in(*more, "next").value_or(*next + 1) <= *next)
      return std::unexpected("the pages of sessions do not come to an end");
    for (const Json& session : part_of(*more, "sessions")) (*found)["sessions"].push_back(session);
    (*found)["next"] = (*more)["next"];
  }
  return found;
}

int sessions(const Context& context, const SessionOptions& options) {
  const auto found = ask_sessions(context.client(), options);
  if (!found) {
    const auto target = read_target(options.server.empty() ? options.backend : options.server);
    return target ? fail(context, found.error(), *target) : fail(found.error());
  }
  if (context.format == Format::kJson) {
    fmt::print("{}", indented(*found));
    return 0;
  }
  const Table table = sessions_table(*found);
  show(context, table);
  if (context.format == Format::kTable && number_in(*found, "next")) {
    fmt::print("{} of {}: --limit or --all shows more\n", table.rows.size(),
               number_in(*found, "total").value_or(0));
  }
  return 0;
}

int kill(const Context& context, const std::vector<std::string>& ids) {
  const Client client = context.client();
  Table table{.columns = {{.key = "session"}, {.key = "result"}}, .rows = {}};
  int status = 0;
  for (const std::string& id : ids) {
    const auto answer = client.ask(Words("shutdown session").add(id).text());
    if (answer) {
      table.rows.push_back({Cell::of(id), Cell::of("closed")});
    } else {
      status = fail(fmt::format("session {}: {}", id, answer.error()));
    }
  }
  if (!table.rows.empty()) show(context, table);
  return status;
}

}  // namespace

void add_sessions(CLI::App& app, Context& context) {
  const auto options = std::make_shared<SessionOptions>();
  CLI::App* command = add_command(
      app, context, "sessions", "The sessions that are open",
      "  tidectl sessions --server app/s1 --idle 10m\n"
      "  tidectl sessions --client 10.0.0.0/8 --all -o csv\n"
      "  tidectl kill $(tidectl sessions --older 1d --all -o json | jq '.sessions[].id')");
  command->add_option("--frontend", options->frontend, "of this frontend");
  command->add_option("--backend", options->backend, "of this backend");
  command->add_option("--server", options->server, "of this server")->type_name("BACKEND/SERVER");
  command->add_option("--client", options->client, "of this client")->type_name("ADDRESS|NETWORK");
  command->add_option("--older", options->older, "open for longer than this")
      ->type_name("TIME")
      ->check(checked(read_time));
  command->add_option("--idle", options->idle, "without a byte for longer than this")
      ->type_name("TIME")
      ->check(checked(read_time));
  command->add_option("--state", options->state, "handshake, queued, connecting, open or closing");
  CLI::Option* const limit = command->add_option("--limit", options->limit, "at most so many (100)")
                                 ->type_name("N")
                                 ->check(CLI::Range(1, kLargestPage).description(""));
  command->add_flag("--all", options->all, "all of them, however many")->excludes(limit);
  command->callback([&context, options] { context.status = sessions(context, *options); });

  const auto ids = std::make_shared<std::vector<std::string>>();
  command = add_command(app, context, "kill", "Close sessions at once", "  tidectl kill 17 18");
  command->add_option("id", *ids, "as tidectl sessions shows them")->required();
  command->callback([&context, ids] { context.status = kill(context, *ids); });
}

}  // namespace lb::cli
