#include <fmt/format.h>

#include <memory>

#include "lb/cli/commands.h"
#include "lb/cli/fields.h"
#include "lb/cli/terminal.h"
#include "lb/cli/words.h"

namespace lb::cli {
namespace {

constexpr std::chrono::milliseconds kInterval{500};

struct RebalanceOptions {
  std::string backend, to, pace;
  bool dry_run = false, watch = false, abort = false;
};

std::expected<Json, std::string> ask_rebalance(const Client& client,
                                               const RebalanceOptions& options, bool dry_run) {
  const auto answer = client.ask(Words("rebalance")
                                     .add(options.backend)
                                     .add("to", options.to)
                                     .add("pace", options.pace)
                                     .add_if(dry_run, "dry-run")
                                     .add_if(options.abort, "abort")
                                     .add("json")
                                     .text());
  if (!answer) return std::unexpected(answer.error());
  return read_json(*answer, "rebalance");
}

Table rebalance_table(const Json& answer) {
  Table table{.columns = {{.key = "server"},
                          {.key = "sessions", .number = true},
                          {.key = "share", .number = true},
                          {.key = "surplus", .number = true}},
              .rows = {}};
  for (const Json& server : part_of(part_of(answer, "rebalance"), "servers")) {
    table.rows.push_back({Cell::of(text_in(server, "server")),
                          Cell::of(number_in(server, "sessions").value_or(0)),
                          Cell::of(number_in(server, "share").value_or(0)),
                          Cell::of(number_in(server, "surplus").value_or(0))});
  }
  return table;
}

std::int64_t surplus_of(const Json& answer) {
  std::int64_t sum = 0;
  for (const Json& server : part_of(part_of(answer, "rebalance"), "servers"))
    sum += number_in(server, "surplus").value_or(0);
  return sum;
}

int print(const Context& context, const Json& answer) {
  if (context.format != Format::kJson) return show(context, rebalance_table(answer));
  fmt::print("{}", indented(answer));
  return 0;
}

// A dry run tells how things stand and changes nothing.
int watch(const Context& context, const RebalanceOptions& options, Json answer) {
  const Client client = context.client();
  const bool told = context.format == Format::kTable;
  std::int64_t before = -1;
  catch_signals();
  while (text_in(part_of(answer, "rebalance"), "state") == "running" && surplus_of(answer) > 0) {
    if (told && surplus_of(answer) != before) {
      before = surplus_of(answer);
      put(fmt::format("{}: {} sessions too many\n", options.backend, before));
    }
    static_cast<void>(wait_key(kInterval));
    if (interrupted()) {
      fail(fmt::format("the rebalancing goes on: tidectl rebalance {} --abort ends it",
                       options.backend));
      return kInterrupted;
    }
    auto next = ask_rebalance(client, options, true);
    if (!next) return fail(next.error());
    answer = std::move(*next);
  }
  print(context, answer);
  constexpr int kAborted = 4;
  constexpr int kGivenUp = 5;
  const std::string state = text_in(part_of(answer, "rebalance"), "state");
  if (state == "given-up") {
    fail("it is given up: clients come back to where they were");
    return kGivenUp;
  }
  return state == "aborted" ? kAborted : 0;
}

int rebalance(const Context& context, const RebalanceOptions& options) {
  auto answer = ask_rebalance(context.client(), options, options.dry_run);
  if (!answer) return fail(context, answer.error(), {.backend = options.backend, .servers = {}});
  return options.watch ? watch(context, options, std::move(*answer)) : print(context, *answer);
}

}  // namespace

void add_rebalance(CLI::App& app, Context& context) {
  const auto options = std::make_shared<RebalanceOptions>();
  CLI::App* const command = add_command(
      app, context, "rebalance", "Move the surplus of overloaded servers, session by quiet session",
      "  tidectl rebalance app --dry-run               what would move\n"
      "  tidectl rebalance app --to 10% --pace 50/s --watch");
  command->add_option("backend", options->backend)->required();
  command->add_option("--to", options->to, "be content when no server has so much too many: 10%")
      ->type_name("PERCENT")
      ->transform(checked(read_percent));
  command->add_option("--pace", options->pace, "close at most so many in a second: 50/s")
      ->type_name("RATE")
      ->transform(checked(read_pace));
  CLI::Option* const dry = command->add_flag("--dry-run", options->dry_run, "change nothing");
  CLI::Option* const watched =
      command->add_flag("--watch", options->watch, "show the surplus until it is gone");
  watched->excludes(dry);
  command->add_flag("--abort", options->abort, "end the one that goes on")
      ->excludes(dry)
      ->excludes(watched);
  command->callback([&context, options] { context.status = rebalance(context, *options); });
}

}  // namespace lb::cli
