#include "lb/admin/drain_commands.h"

#include <fmt/format.h>

#include <algorithm>
#include <expected>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "conf/haproxy/time.h"
#include "lb/admin/amounts.h"
#include "lb/admin/drain_text.h"
#include "lb/admin/places.h"

namespace lb::admin {
namespace {

using check::Place;
using std::chrono::milliseconds;

constexpr const char* kUsage =
    "usage: drain <backend>[/<server>[,<server>...]] [deadline <time> | when-quiet] [quiet <time>] "
    "[pace <n>/s] [force] [json], as in: drain app/s1 deadline 2m";

struct Asked {
  DrainWish wish;
  bool force = false;
  bool json = false;
};

std::expected<Asked, std::string> read_words(const Request& request) {
  Asked asked;
  for (std::size_t i = 1; i < request.words.size(); ++i) {
    const std::string_view word = request.word(i);
    const std::string_view value = request.word(i + 1);
    if (word == "force") {
      asked.force = true;
    } else if (word == "json") {
      asked.json = true;
    } else if (word == "when-quiet") {
      asked.wish.mode = DrainWish::Mode::kWhenQuiet;
    } else if (word == "deadline" || word == "quiet") {
      const auto time = conf::haproxy::parse_time(value, milliseconds{1});
      if (!time || time->count() == 0)
        return std::unexpected(fmt::format("{} wants a time after it, such as 2m", word));
      (word == "quiet" ? asked.wish.quiet_time : asked.wish.deadline) = *time;
      ++i;
    } else if (word == "pace") {
      asked.wish.pace = parse_pace(value);
      if (!asked.wish.pace) return std::unexpected("pace wants a rate after it, such as 50/s");
      ++i;
    } else {
      return std::unexpected(fmt::format("'{}' means nothing to drain; {}", word, kUsage));
    }
  }
  if (asked.wish.mode && asked.wish.deadline)
    return std::unexpected("when-quiet has no deadline; leave out one of the two");
  return asked;
}

// "app", "app/s1" or "app/s1,s2".
std::expected<std::vector<Place>, std::string> servers_in(Fleet& fleet, std::string_view text) {
  std::vector<Place> servers;
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) {
    proxy::Backend* backend = fleet.find_backend(text);
    if (backend == nullptr) return std::unexpected("No such backend.");
    for (const balancer::ServerId id : backend->servers.all())
      servers.push_back({.backend = backend, .server = id});
    return servers;
  }
  const std::string backend(text.substr(0, slash));
  std::string_view rest = text.substr(slash + 1);
  for (;;) {
    const std::size_t comma = rest.find(',');
    const auto server = find_server(fleet, fmt::format("{}/{}", backend, rest.substr(0, comma)));
    if (!server) return std::unexpected(std::string(server.error()));
    if (std::ranges::find(servers, *server) == servers.end()) servers.push_back(*server);
    if (comma == std::string_view::npos) return servers;
    rest = rest.substr(comma + 1);
  }
}

// What draining these would leave nobody for; empty: somebody is left.
std::string last_of(const std::vector<Place>& servers) {
  const proxy::Backend& backend = *servers.front().backend;
  const auto views = backend.choice.view();
  const auto usable = [&](balancer::ServerId id) {
    return !views[id].vacant && balancer::standing(views[id].facts).usable;
  };
  std::size_t going = 0;
  for (const Place& server : servers) going += usable(server.server) ? 1U : 0U;
  std::size_t all = 0;
  for (balancer::ServerId id = 0; id < views.size(); ++id) all += usable(id) ? 1U : 0U;
  if (going == 0 || going < all) return {};
  return fmt::format(
      "{} would leave backend {} without a server: its new clients would be refused. Say `force` "
      "to "
      "drain {} all the same.",
      servers.size() == 1 ? "This" : "These", backend.config.name,
      servers.size() == 1 ? "it" : "them");
}

bool is_of(const std::vector<Place>& servers, const DrainView& drain) {
  return std::ranges::find(servers, drain.server) != servers.end();
}

std::vector<DrainView> last_of_each(const std::vector<Place>& servers,
                                    const std::vector<DrainView>& drains) {
  std::vector<DrainView> last;
  for (const Place& server : servers) {
    const auto found =
        std::ranges::find(drains.rbegin(), drains.rend(), server, &DrainView::server);
    if (found != drains.rend()) last.push_back(*found);
  }
  return last;
}

void drain(Engine& engine, const Request& request, Answer answer) {
  if (request.words.empty()) return answer.fail(kUsage);
  const auto asked = read_words(request);
  if (!asked) return answer.fail(asked.error());
  const auto servers = servers_in(engine.fleet(), request.word(0));
  if (!servers) return answer.fail(servers.error());
  if (const std::string fault = last_of(*servers); !fault.empty() && !asked->force)
    return answer.fail(fault);
  for (const Place& server : *servers) engine.drain_server(server, asked->wish);
  const auto kept = std::make_shared<Answer>(std::move(answer));
  engine.drains().when_begun([&engine, kept, servers = *servers, json = asked->json] {
    engine.drains().view([kept, servers, json](std::vector<DrainView> drains) {
      drains = last_of_each(servers, drains);
      if (json) kept->line(drains_json(drains));
      if (!json)
        for (const DrainView& one : drains) kept->line(begin_line(one));
      kept->finish();
    });
  });
}

void show_drains(Engine& engine, const Request& request, Answer answer) {
  bool json = false;
  std::optional<std::vector<Place>> only;
  for (const std::string& word : request.words) {
    if (word == "json") {
      json = true;
      continue;
    }
    auto servers = servers_in(engine.fleet(), word);
    if (!servers) return answer.fail(servers.error());
    only = std::move(*servers);
  }
  const auto kept = std::make_shared<Answer>(std::move(answer));
  engine.drains().view([kept, json, only](std::vector<DrainView> drains) {
    if (only) std::erase_if(drains, [&](const DrainView& one) { return !is_of(*only, one); });
    kept->line(json ? drains_json(drains) : drains_table(drains));
    kept->finish();
  });
}

}  // namespace

void add_drain_commands(CommandTable& table, Engine& engine) {
  table.add({.words = "drain",
             .arguments = "<bk>[/<srv>,...] [opts]",
             .description = "let a server's sessions end, in time or when quiet",
             .level = Level::kAdmin,
             .changes = true,
             .handler = [&engine](const Request& request, Answer answer) {
               drain(engine, request, std::move(answer));
             }});
  table.add({.words = "drains",
             .arguments = "[<bk>[/<srv>]] [json]",
             .description = "how far drains are",
             .level = Level::kUser,
             .handler = [&engine](const Request& request, Answer answer) {
               show_drains(engine, request, std::move(answer));
             }});
}

}  // namespace lb::admin
