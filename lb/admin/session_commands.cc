#include "lb/admin/session_commands.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <expected>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "balancer/network_set.h"
#include "conf/haproxy/time.h"
#include "lb/admin/places.h"
#include "lb/admin/session_text.h"

namespace lb::admin {
namespace {

using proxy::SessionState;
using proxy::SessionView;
using std::chrono::milliseconds;

constexpr std::size_t kPage = 100;
constexpr std::size_t kLargestPage = 10'000;

// Which sessions are meant. What is not set does not matter.
struct Filter {
  std::string frontend;
  std::string backend;
  std::string server;  // of `backend`
  std::vector<conf::Network> clients;
  std::optional<milliseconds> older;
  std::optional<milliseconds> idle;
  std::optional<SessionState> state;
  std::optional<std::uint64_t> id;
  std::uint64_t after = 0;
  std::size_t limit = kPage;
  bool json = false;
};

bool matches(const Filter& filter, const balancer::NetworkSet& clients, const SessionView& one,
             net::Tick now) {
  const auto long_ago = [now](net::Tick then, const std::optional<milliseconds>& time) {
    return !time || now >= then + static_cast<net::Tick>(time->count());
  };
  return (filter.frontend.empty() || one.frontend == filter.frontend) &&
         (filter.backend.empty() || one.backend == filter.backend) &&
         (filter.server.empty() || one.server == filter.server) &&
         (filter.clients.empty() || clients.contains(one.client.bytes())) &&
         long_ago(one.accepted, filter.older) && long_ago(one.last_byte, filter.idle) &&
         (!filter.state || one.state == *filter.state) && (!filter.id || one.id == *filter.id);
}

std::optional<std::uint64_t> number_in(std::string_view text) {
  const bool hex = text.starts_with("0x");
  if (hex) text.remove_prefix(2);
  std::uint64_t number = 0;
  const auto [stop, error] = std::from_chars(text.begin(), text.end(), number, hex ? 16 : 10);
  if (error != std::errc{} || stop != text.end()) return std::nullopt;
  return number;
}

std::optional<SessionState> state_in(std::string_view text) {
  for (const auto state : {SessionState::kHandshake, SessionState::kQueued,
                           SessionState::kConnecting, SessionState::kOpen, SessionState::kClosing})
    if (name_of(state) == text) return state;
  return std::nullopt;
}

// Takes one word and its value into the filter; the answer is a sentence when that is not possible.
std::optional<std::string> take(Fleet& fleet, std::string_view word, std::string_view value,
                                Filter& filter) {
  if (word == "frontend") {
    if (fleet.find_frontend(value) == nullptr) return "No such frontend.";
    filter.frontend = fleet.find_frontend(value)->config.name;
  } else if (word == "backend") {
    if (fleet.find_backend(value) == nullptr) return "No such backend.";
    filter.backend = fleet.find_backend(value)->config.name;
  } else if (word == "server") {
    const auto server = find_server(fleet, value);
    if (!server) return std::string(server.error());
    filter.backend = server->backend->config.name;
    filter.server = server->config().name;
  } else if (word == "client") {
    const auto network = conf::parse_network(value);
    if (!network) return "client wants an address or a network after it, such as 10.0.0.0/8";
    filter.clients = {*network};
  } else if (word == "older" || word == "idle") {
    const auto time = conf::haproxy::parse_time(value, milliseconds{1000});
    if (!time) return fmt::format("{} wants a time after it, such as 1h", word);
    (word == "older" ? filter.older : filter.idle) = *time;
  } else if (word == "state") {
    filter.state = state_in(value);
    if (!filter.state) return "state wants handshake, queued, connecting, open or closing after it";
  } else if (word == "limit" || word == "after") {
    const auto number = number_in(value);
    if (!number || (word == "limit" && (*number == 0 || *number > kLargestPage)))
      return fmt::format("{} wants a number after it{}", word,
                         word == "limit" ? " from 1 to 10000" : "");
    if (word == "limit") filter.limit = static_cast<std::size_t>(*number);
    if (word == "after") filter.after = *number;
  } else {
    return fmt::format(
        "'{}' means nothing to sessions; it takes frontend, backend, server, client, older, idle, "
        "state, limit, after and json",
        word);
  }
  return std::nullopt;
}

std::expected<Filter, std::string> read_filter(Fleet& fleet, const Request& request) {
  Filter filter;
  for (std::size_t i = 0; i < request.words.size(); ++i) {
    if (request.word(i) == "json") {
      filter.json = true;
      continue;
    }
    if (auto fault = take(fleet, request.word(i), request.word(i + 1), filter))
      return std::unexpected(std::move(*fault));
    ++i;
  }
  return filter;
}

// What the workers have found, each for itself until all have looked.
struct Findings {
  struct Of {
    std::vector<SessionView> heap;  // the lowest ids, the highest of them first
    std::uint64_t total = 0;
  };
  Filter filter;
  balancer::NetworkSet clients;
  std::vector<Of> by_worker;
};

bool by_id(const SessionView& a, const SessionView& b) { return a.id < b.id; }

void look_at(Findings& findings, Worker& worker, const proxy::Session& session) {
  const Filter& filter = findings.filter;
  const SessionView view = session.view();
  if (!matches(filter, findings.clients, view, net::read_clock())) return;
  Findings::Of& mine = findings.by_worker[worker.index()];
  ++mine.total;
  if (view.id <= filter.after) return;
  mine.heap.push_back(view);
  std::ranges::push_heap(mine.heap, by_id);
  if (mine.heap.size() <= filter.limit + 1) return;  // one more tells that there is a next page
  std::ranges::pop_heap(mine.heap, by_id);
  mine.heap.pop_back();
}

SessionPage page_of(Findings& findings) {
  SessionPage page;
  page.now = net::read_clock();
  for (Findings::Of& one : findings.by_worker) {
    page.total += one.total;
    std::ranges::move(one.heap, std::back_inserter(page.sessions));
  }
  std::ranges::sort(page.sessions, by_id);
  if (page.sessions.size() <= findings.filter.limit) return page;
  page.sessions.resize(findings.filter.limit);
  page.next = page.sessions.back().id;
  return page;
}

void find(Engine& engine, Filter filter, std::function<void(SessionPage)> then) {
  balancer::NetworkSet clients(filter.clients);
  const auto findings = std::make_shared<Findings>(std::move(filter), std::move(clients),
                                                   std::vector<Findings::Of>(engine.crew().size()));
  engine.crew().walk(
      [findings](Worker& worker, proxy::Session& session) { look_at(*findings, worker, session); },
      [findings, then = std::move(then)] { then(page_of(*findings)); });
}

void sessions(Engine& engine, const Request& request, Answer answer) {
  auto filter = read_filter(engine.fleet(), request);
  if (!filter) return answer.fail(filter.error());
  const bool json = filter->json;
  const auto kept = std::make_shared<Answer>(std::move(answer));
  find(engine, std::move(*filter), [kept, json](const SessionPage& page) {
    kept->line(json ? sessions_json(page) : sessions_table(page));
    kept->finish();
  });
}

// HAProxy's: all of them, or one, or those of a frontend, backend or server, or older than a time.
void show_sess(Engine& engine, const Request& request, Answer answer) {
  Filter filter;
  const std::string_view what = request.word(0);
  if (const auto id = number_in(what)) {
    filter.id = id;
  } else if (what == "older" || what == "server" || what == "backend" || what == "frontend") {
    if (auto fault = take(engine.fleet(), what, request.word(1), filter))
      return answer.fail(*fault);
  }
  filter.limit = kLargestPage;
  const auto kept = std::make_shared<Answer>(std::move(answer));
  find(engine, std::move(filter), [kept](SessionPage page) {
    kept->stream([page = std::move(page), at = std::size_t{0}](std::string& part) mutable {
      while (at < page.sessions.size() && part.size() < kPart)
        part += sess_line(page.sessions[at++], page.now);
      return at < page.sessions.size();
    });
  });
}

void shutdown_session(Engine& engine, const Request& request, Answer answer) {
  if (request.words.empty()) return answer.fail("Session pointer expected (use 'show sess').");
  const auto id = number_in(request.word(0));
  if (!id) return answer.fail("No such session (use 'show sess').");
  const auto found = std::make_shared<std::atomic<bool>>(false);
  const auto kept = std::make_shared<Answer>(std::move(answer));
  engine.crew().walk(
      [found, id = *id](Worker&, proxy::Session& session) {
        if (session.id() != id) return;
        *found = true;
        session.shut(telemetry::Cause::kKilled);
      },
      [found, kept] {
        if (*found) return kept->finish();
        kept->fail("No such session (use 'show sess').");
      });
}

void shutdown_sessions_of(Engine& engine, const Request& request, Answer answer) {
  const auto server = find_server(engine.fleet(), request.word(0));
  if (!server) return answer.fail(server.error());
  const auto kept = std::make_shared<Answer>(std::move(answer));
  engine.crew().each(
      [place = *server](Worker& worker) { worker.shut(place, telemetry::Cause::kKilled); },
      [kept] { kept->finish(); });
}

}  // namespace

void add_session_commands(CommandTable& table, Engine& engine) {
  using Handle = void (*)(Engine&, const Request&, Answer);
  const auto add = [&](std::string words, std::string arguments, std::string description,
                       Level level, bool changes, Handle handle) {
    table.add({.words = std::move(words),
               .arguments = std::move(arguments),
               .description = std::move(description),
               .level = level,
               .changes = changes,
               .handler = [&engine, handle](const Request& request, Answer answer) {
                 handle(engine, request, std::move(answer));
               }});
  };
  add("show sess", "[id]", "report the list of current sessions or dump this exact session",
      Level::kOperator, false, show_sess);
  add("sessions", "[<filter> <value>]... [json]", "sessions that match, page by page",
      Level::kOperator, false, sessions);
  add("shutdown session", "[id]", "kill a specific session", Level::kAdmin, true, shutdown_session);
  add("shutdown sessions server", "<bk>/<srv>", "kill sessions on a server", Level::kAdmin, true,
      shutdown_sessions_of);
}

}  // namespace lb::admin
