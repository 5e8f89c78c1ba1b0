#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "lb/cli/commands.h"
#include "lb/cli/terminal.h"
#include "lb/cli/words.h"

namespace lb::cli {
namespace {

constexpr std::chrono::milliseconds kInterval{200};

// One server, as these commands take it.
std::expected<Target, std::string> read_one(const std::string& name) {
  auto target = read_target(name);
  if (target && target->servers.size() != 1)
    return std::unexpected(fmt::format("{} is not one server: write BACKEND/SERVER", name));
  return target;
}

int told(const Context& context, const Target& server, std::string_view result) {
  return show(context, {.columns = {{.key = "server"}, {.key = "result"}},
                        .rows = {{Cell::of(server.text()), Cell::of(result)}}});
}

// A server is born in maintenance; then it serves, and what was asked to check it does.
int add(const Context& context, const std::string& name, const std::vector<std::string>& words) {
  const auto server = read_one(name);
  if (!server) return fail(server.error());
  Words birth("add server");
  birth.add(server->text());
  for (const std::string& word : words) birth.add(word);

  std::vector<std::string> commands = {birth.text()};
  commands.push_back(Words("enable server").add(server->text()).text());
  const auto has = [&](std::string_view word) {
    return std::ranges::find(words, word) != words.end();
  };
  if (has("check")) commands.push_back(Words("enable health").add(server->text()).text());
  if (has("agent-check")) commands.push_back(Words("enable agent").add(server->text()).text());

  const Client client = context.client();
  for (const std::string& command : commands) {
    if (const auto answer = client.ask(command); !answer)
      return fail(context, answer.error(), {.backend = server->backend, .servers = {}});
  }
  return told(context, *server, "added");
}

struct DelOptions {
  std::string server;
  int timeout_s = 60;
  bool force = false;
};

std::optional<std::int64_t> sessions_of(std::span<const Stat> stats, const Target& server) {
  const auto found = std::ranges::find_if(stats, [&](const Stat& stat) {
    return stat.kind == Stat::Kind::kServer && stat.proxy == server.backend &&
           stat.name == server.servers.front();
  });
  if (found == stats.end()) return std::nullopt;
  return found->sessions;
}

// 0, or the exit status once it has said why the sessions are not gone.
int wait_for_sessions(const Client& client, const Target& server, int timeout_s) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(timeout_s);
  catch_signals();
  while (true) {
    const auto stats = ask_stat(client);
    if (!stats) return fail(stats.error());
    const std::int64_t sessions = sessions_of(*stats, server).value_or(0);
    if (sessions == 0) return 0;
    const bool late = std::chrono::steady_clock::now() >= end;
    if (late || interrupted()) {
      fail(
          fmt::format("{} still has {} sessions and stays in maintenance: drain it first, or "
                      "close them with --force",
                      server.text(), sessions));
      return late ? kFailed : kInterrupted;
    }
    static_cast<void>(wait_key(kInterval));
  }
}

int del(const Context& context, const DelOptions& options) {
  const auto server = read_one(options.server);
  if (!server) return fail(server.error());
  const Client client = context.client();
  const auto answer =
      client.ask(Words("set server").add(server->text()).add("state", "maint").text());
  if (!answer) return fail(context, answer.error(), *server);
  if (options.force) {
    const auto closed = client.ask(Words("shutdown sessions server").add(server->text()).text());
    if (!closed) return fail(closed.error());
  }
  if (const int status = wait_for_sessions(client, *server, options.timeout_s); status != 0)
    return status;
  const auto gone = client.ask(Words("del server").add(server->text()).text());
  if (!gone)
    return fail(
        fmt::format("{} {} is in maintenance now: tidectl ready {} lets sessions to it again",
                    gone.error(), server->text(), server->text()));
  return told(context, *server, "deleted");
}

}  // namespace

void add_fleet(CLI::App& app, Context& context) {
  const auto name = std::make_shared<std::string>();
  const auto words = std::make_shared<std::vector<std::string>>();
  CLI::App* command =
      add_command(app, context, "add", "Add a server, and let sessions to it",
                  "  tidectl add app/s4 10.0.0.4:80\n"
                  "  tidectl add app/s4 10.0.0.4:80 weight 10 maxconn 100 check inter 2s\n"
                  "\n"
                  "It lasts until the daemon ends: write it into the configuration as well.");
  command->add_option("server", *name, "BACKEND/SERVER, a new name")->required();
  command->add_option("words", *words, "its address, then what a haproxy.cfg says behind it")
      ->required();
  command->callback([&context, name, words] { context.status = add(context, *name, *words); });

  const auto options = std::make_shared<DelOptions>();
  command = add_command(app, context, "del",
                        "Delete a server: maintenance, its sessions' end, and it is gone",
                        "  tidectl drain app/s4 --deadline 2m --wait && tidectl del app/s4\n"
                        "  tidectl del app/s4 --timeout 600\n"
                        "  tidectl del app/s4 --force      closes its sessions");
  command->add_option("server", options->server, "BACKEND/SERVER")->required();
  command->add_option("--timeout", options->timeout_s, "seconds to wait for its sessions (60)")
      ->type_name("S")
      ->check(CLI::NonNegativeNumber.description(""));
  command->add_flag("--force", options->force, "close its sessions at once");
  command->callback([&context, options] { context.status = del(context, *options); });
}

}  // namespace lb::cli
