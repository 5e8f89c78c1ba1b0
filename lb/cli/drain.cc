#include <fmt/format.h>

#include <memory>

#include "lb/cli/commands.h"
#include "lb/cli/drain_report.h"
#include "lb/cli/drain_watch.h"
#include "lb/cli/fields.h"
#include "lb/cli/words.h"

namespace lb::cli {
namespace {

struct DrainOptions {
  std::string target, deadline, quiet, pace;
  bool when_quiet = false, force = false, watch = false, wait = false;
};

// The answer in the form that was asked for; the text is the API's own.
int print(const Context& context, const std::string& answer) {
  if (context.format == Format::kTable) {
    fmt::print("{}\n", answer);
    return 0;
  }
  const auto drains = read_drains(answer);
  if (!drains) return fail(drains.error());
  if (context.format == Format::kCsv) return show(context, drains_table(*drains));
  fmt::print("{}", as_told(answer, *drains));
  return 0;
}

int drain(const Context& context, const DrainOptions& options) {
  const auto target = read_target(options.target);
  if (!target) return fail(target.error());
  const bool followed = options.watch || options.wait;
  Words command("drain");
  command.add(target->text())
      .add("deadline", options.deadline)
      .add_if(options.when_quiet, "when-quiet")
      .add("quiet", options.quiet)
      .add("pace", options.pace)
      .add_if(options.force, "force")
      .add_if(followed || context.format != Format::kTable, "json");
  const auto answer = context.client().ask(command.text());
  if (!answer) return fail(context, answer.error(), *target);
  if (!followed) return print(context, *answer);

  const auto drains = read_drains(*answer);
  if (!drains) return fail(drains.error());
  std::vector<std::string> servers;
  servers.reserve(drains->size());
  for (const Drain& one : *drains) servers.push_back(one.server);
  return follow_drains(context, target->backend, servers, options.watch);
}

int drains(const Context& context, const std::string& name) {
  Target target;
  if (!name.empty()) {
    const auto wanted = read_target(name);
    if (!wanted) return fail(wanted.error());
    target = *wanted;
  }
  Words command("drains");
  if (!name.empty()) command.add(target.text());
  const auto answer = context.client().ask(command.add("json").text());
  if (!answer) return name.empty() ? fail(answer.error()) : fail(context, answer.error(), target);
  if (context.format == Format::kJson) return print(context, *answer);
  const auto found = read_drains(*answer);
  return found ? show(context, drains_table(*found)) : fail(found.error());
}

}  // namespace

void add_drain(CLI::App& app, Context& context) {
  const auto options = std::make_shared<DrainOptions>();
  CLI::App* command = add_command(
      app, context, "drain", "Let nobody new to servers, and their sessions come to an end",
      "  tidectl drain app/s1                          sessions end by themselves\n"
      "  tidectl drain app/s1,s2 --deadline 2m --watch none is left in two minutes\n"
      "  tidectl drain app/s1 --when-quiet --wait && tidectl maint app/s1\n"
      "  tidectl ready app/s1                          ends the drain\n"
      "\n"
      "Exit status of --watch and --wait: 0 drained, 3 some sessions were cut although they were\n"
      "not quiet, 4 the drain was ended by somebody, 130 you stopped watching (it goes on).");
  command->add_option("servers", options->target, "BACKEND/SERVER[,SERVER...], or BACKEND for all")
      ->required();
  CLI::Option* const deadline =
      command->add_option("--deadline", options->deadline, "close what is left, evenly, by then")
          ->type_name("TIME")
          ->check(checked(read_time));
  command
      ->add_flag("--when-quiet", options->when_quiet,
                 "close each session once it is quiet, without a deadline")
      ->excludes(deadline);
  command->add_option("--quiet", options->quiet, "how long still is quiet (250ms)")
      ->type_name("TIME")
      ->check(checked(read_time));
  command->add_option("--pace", options->pace, "close at most so many in a second: 50/s")
      ->type_name("RATE")
      ->transform(checked(read_pace));
  command->add_flag("--force", options->force, "also the last server that could serve");
  CLI::Option* const watch =
      command->add_flag("--watch", options->watch, "show the progress until it is over");
  command->add_flag("--wait", options->wait, "wait without a word until it is over")
      ->excludes(watch);
  command->callback([&context, options] { context.status = drain(context, *options); });

  const auto name = std::make_shared<std::string>();
  command = add_command(app, context, "drains",
                        "The drains that go on, and those that ended in the last 15 minutes",
                        "  tidectl drains\n"
                        "  tidectl drains app/s1 -o json       with the curve");
  command->add_option("servers", *name, "BACKEND or BACKEND/SERVER");
  command->callback([&context, name] { context.status = drains(context, *name); });
}

}  // namespace lb::cli
