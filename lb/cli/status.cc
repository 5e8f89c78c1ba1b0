#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "conf/value.h"
#include "lb/cli/commands.h"
#include "lb/cli/status_table.h"

namespace lb::cli {
namespace {

int status(const Context& context, const std::vector<std::string>& wanted) {
  auto stats = ask_stat(context.client());
  if (!stats) return fail(stats.error());
  for (const std::string& name : wanted) {
    std::vector<std::string_view> proxies;
    for (const Stat& stat : *stats) proxies.emplace_back(stat.proxy);
    if (std::ranges::find(proxies, name) != proxies.end()) continue;
    proxies.erase(std::ranges::unique(proxies).begin(), proxies.end());
    return fail(fmt::format("there is no frontend or backend {}: {}", conf::quoted(name),
                            suggestion(name, proxies)));
  }
  if (!wanted.empty()) {
    std::erase_if(*stats, [&](const Stat& stat) {
      return std::ranges::find(wanted, stat.proxy) == wanted.end();
    });
  }
  return show(context, status_table(*stats));
}

// For the completion of shells: names, one a line. Without a daemon there are none.
int names(const Context& context, std::string_view kind) {
  const auto stats = ask_stat(context.client());
  if (!stats) return kFailed;
  for (const Stat& stat : *stats) {
    if (kind == "servers" && stat.kind == Stat::Kind::kServer)
      fmt::print("{}/{}\n", stat.proxy, stat.name);
    if ((kind == "backends" || kind == "proxies") && stat.kind == Stat::Kind::kBackend)
      fmt::print("{}\n", stat.proxy);
    if ((kind == "frontends" || kind == "proxies") && stat.kind == Stat::Kind::kFrontend)
      fmt::print("{}\n", stat.proxy);
  }
  return 0;
}

}  // namespace

void add_status(CLI::App& app, Context& context) {
  const auto wanted = std::make_shared<std::vector<std::string>>();
  CLI::App* command =
      add_command(app, context, "status", "Frontends, backends and servers, and how they are",
                  "  tidectl status\n"
                  "  tidectl status app            only this frontend or backend\n"
                  "  tidectl status -o json | jq '.[] | select(.state == \"DOWN\")'");
  command->add_option("name", *wanted, "frontends or backends; all of them when none is named");
  command->callback([&context, wanted] { context.status = status(context, *wanted); });

  const auto kind = std::make_shared<std::string>();
  command = app.add_subcommand("names", "Live names, one a line")->group("");
  add_socket(*command, context);
  command->add_option("kind", *kind)->required();
  command->callback([&context, kind] { context.status = names(context, *kind); });
}

}  // namespace lb::cli
