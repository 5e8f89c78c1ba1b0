#include "lb/admin/rebalance_commands.h"

#include <fmt/format.h>

#include <expected>
#include <memory>
#include <string>
#include <utility>

#include "lb/admin/amounts.h"
#include "lb/admin/rebalance_text.h"

namespace lb::admin {
namespace {

constexpr const char* kUsage =
    "usage: rebalance <backend> [to <percent>%] [pace <n>/s] [dry-run | abort] [json], as in: "
    "rebalance app to 10% pace 50/s";

struct Asked {
  RebalanceWish wish;
  bool dry_run = false;
  bool abort = false;
  bool json = false;
};

std::expected<Asked, std::string> read_words(const Request& request) {
  Asked asked;
  for (std::size_t i = 1; i < request.words.size(); ++i) {
    const std::string_view word = request.word(i);
    if (word == "dry-run") {
      asked.dry_run = true;
    } else if (word == "abort") {
      asked.abort = true;
    } else if (word == "json") {
      asked.json = true;
    } else if (word == "to") {
      asked.wish.to = parse_percent(request.word(++i));
      if (!asked.wish.to) return std::unexpected("to wants 1% to 100% after it");
    } else if (word == "pace") {
      asked.wish.pace = parse_pace(request.word(++i));
      if (!asked.wish.pace) return std::unexpected("pace wants a rate after it, such as 50/s");
    } else {
      return std::unexpected(fmt::format("'{}' means nothing to rebalance; {}", word, kUsage));
    }
  }
  if (asked.abort && (asked.dry_run || asked.wish.to || asked.wish.pace))
    return std::unexpected("abort stands alone, but for json");
  return asked;
}

void rebalance(Engine& engine, const Request& request, Answer answer) {
  if (request.words.empty()) return answer.fail(kUsage);
  const auto asked = read_words(request);
  if (!asked) return answer.fail(asked.error());
  proxy::Backend* const backend = engine.fleet().find_backend(request.word(0));
  if (backend == nullptr) return answer.fail("No such backend.");
  if (asked->abort && !engine.rebalances().abort(*backend))
    return answer.fail(fmt::format("No rebalance of {} goes on.", backend->config.name));
  // Who watches asks twice a second; that is no change to be told in the log.
  if (asked->dry_run) answer.when_ended([](std::string_view) {});
  const auto kept = std::make_shared<Answer>(std::move(answer));
  const auto tell = [kept, json = asked->json](const RebalanceView& view) {
    kept->line(json ? rebalance_json(view) : rebalance_text(view));
    kept->finish();
  };
  if (asked->dry_run || asked->abort) return engine.rebalances().view(*backend, asked->wish, tell);
  engine.rebalance(*backend, asked->wish, tell);
}

}  // namespace

void add_rebalance_commands(CommandTable& table, Engine& engine) {
  table.add({.words = "rebalance",
             .arguments = "<bk> [opts]",
             .description = "move sessions to servers that have few",
             .level = Level::kAdmin,
             .changes = true,
             .handler = [&engine](const Request& request, Answer answer) {
               rebalance(engine, request, std::move(answer));
             }});
}

}  // namespace lb::admin
