#include "lb/admin/wait_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "conf/haproxy/time.h"
#include "lb/admin/places.h"

namespace lb::admin {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLook{50};  // between two looks at what is waited for

constexpr std::string_view kUsage =
    "Usage: wait {-h|<duration>} [condition [args...]]\n"
    "  - '-h' displays this help\n"
    "  - <duration> is the maximum wait time, optionally suffixed by the unit among\n"
    "    'us', 'ms', 's', 'm', 'h', and 'd'. ; the default unit is milliseconds.\n"
    "  - <condition> indicates what to wait for, no longer than the specified\n"
    "    duration. Supported conditions are:\n"
    "    - <none> : by default, just sleep for the specified duration.\n"
    "    - srv-removable <px>/<sv> : wait for this server to become removable.\n";

// Those who wait, looked at by one timer. A server is looked up each time: it may go meanwhile.
class Waits {
 public:
  Waits(Engine& engine, net::Loop& loop) : engine_(engine), timer_(loop, [this] { look(); }) {}

  void add(Answer answer, milliseconds time, std::string server) {
    all_.push_back({.answer = std::move(answer),
                    .until = net::read_clock() + static_cast<net::Tick>(time.count()) + 1,
                    .server = std::move(server)});
    look();
  }

 private:
  struct Wait {
    Answer answer;
    net::Tick until;
    std::string server;  // to become removable; empty: the time is all
  };
  struct End {
    bool well = true;
    std::string text = "Done.";
  };

  // To be told that its wait is over may make a client wait anew, so that comes last.
  void look() {
    const net::Tick now = net::read_clock();
    milliseconds next = kLook;
    std::list<Wait> over;
    std::vector<End> ends;
    for (auto wait = all_.begin(); wait != all_.end();) {
      const auto at = wait++;
      if (auto end = end_of(*at, now)) {
        over.splice(over.end(), all_, at);
        ends.push_back(*std::move(end));
      } else {
        next = std::min(next, milliseconds(static_cast<std::int64_t>(at->until - now)));
      }
    }
    if (!all_.empty()) timer_.start(std::max(next, milliseconds{1}));
    for (std::size_t i = 0; !over.empty(); ++i, over.pop_front())
      tell(over.front().answer, ends[i]);
  }

  static void tell(Answer& answer, const End& end) {
    if (!end.well) return answer.fail(end.text);
    answer.say(conf::LogLevel::kInfo, end.text);
    answer.finish();
  }

  [[nodiscard]] std::optional<End> end_of(const Wait& wait, net::Tick now) const {
    if (!wait.answer.still_wanted()) return End{};
    const bool late = now >= wait.until;
    if (wait.server.empty()) return late ? std::optional(End{}) : std::nullopt;
    const auto server = find_server(engine_.fleet(), wait.server);
    if (!server) return End{.well = false, .text = fmt::format("Failed. {}", server.error())};
    const auto why = engine_.what_keeps(*server);
    if (!why) return End{};
    const balancer::ServerView now_is = server->backend->choice.view(server->server, 1).front();
    const bool empties =
        now_is.facts.admin == balancer::Admin::kMaint && (now_is.open != 0 || now_is.queued != 0);
    if (!empties) return End{.well = false, .text = fmt::format("Failed. {}", *why)};
    if (!late) return std::nullopt;
    return End{.well = false, .text = fmt::format("Wait delay expired. {}", *why)};
  }

  Engine& engine_;
  net::Timer timer_;
  std::list<Wait> all_;
};

void wait(Waits& waits, const Request& request, Answer answer) {
  if (request.words.empty()) return answer.fail("Expects a duration in milliseconds.");
  if (request.word(0) == "-h") {
    answer.say(conf::LogLevel::kInfo, kUsage);
    return answer.finish();
  }
  const auto time = conf::haproxy::parse_time(request.word(0), milliseconds{1});
  if (!time || time->count() < 1) return answer.fail("Invalid duration.");
  if (request.words.size() == 1) return waits.add(std::move(answer), *time, "");
  if (request.word(1) != "srv-removable") return answer.fail(kUsage);
  const std::string server(request.word(2));
  if (server.empty()) return answer.fail("Missing server name (<backend>/<server>).");
  if (server.find('/') == std::string::npos || server.ends_with('/'))
    return answer.fail("Require 'backend/server'.");
  waits.add(std::move(answer), *time, server);
}

}  // namespace

void add_wait_command(CommandTable& table, Engine& engine, net::Loop& loop) {
  const auto waits = std::make_shared<Waits>(engine, loop);
  table.add({.words = "wait",
             .arguments = "{-h|<delay_ms>} cond [args...]",
             .description = "wait the specified delay or condition (-h to see list)",
             .level = Level::kAdmin,
             .handler = [waits](const Request& request, Answer answer) {
               wait(*waits, request, std::move(answer));
             }});
}

}  // namespace lb::admin
