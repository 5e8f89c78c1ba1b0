#include "lb/cli/drain_watch.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "lb/cli/drain_report.h"
#include "lb/cli/terminal.h"
#include "lb/cli/words.h"

namespace lb::cli {
namespace {

constexpr std::chrono::milliseconds kInterval{250};
constexpr int kMissesBorne = 40;  // of these intervals: a restart takes that long at most

// Prints progress over what it printed before.
class Picture {
 public:
  void show(std::span<const Drain> drains) {
    const std::string text = picture(drains, terminal_size().columns);
    std::string out = lines_ > 0 ? fmt::format("\x1b[{}A", lines_) : "";
    out += "\x1b[?7l";
    for (const char letter : text)
      out += letter == '\n' ? std::string("\x1b[K\n") : std::string(1, letter);
    put(out + "\x1b[J\x1b[?7h");
    lines_ = std::ranges::count(text, '\n');
  }

 private:
  std::ptrdiff_t lines_ = 0;
};

// Prints lines, for a log: the first of each drain, and then those in which a number has changed.
class Log {
 public:
  void show(std::span<const Drain> drains) {
    for (const Drain& drain : drains) {
      const auto [known, is_new] = sessions_.try_emplace(drain.server, drain.sessions);
      if (!is_new && known->second == drain.sessions) continue;
      known->second = drain.sessions;
      put(sentence(drain) + "\n");
    }
  }

 private:
  std::map<std::string, std::int64_t> sessions_;
};

struct Answer {
  std::string json;
  std::vector<Drain> drains;
};

std::expected<Answer, std::string> ask_drains(const Client& client, const std::string& question) {
  auto json = client.ask(question);
  if (!json) return std::unexpected(std::move(json.error()));
  auto drains = read_drains(*json);
  if (!drains) return std::unexpected(std::move(drains.error()));
  return Answer{.json = std::move(*json), .drains = std::move(*drains)};
}

int finish(const Context& context, const std::string& answer, std::span<const Drain> drains) {
  if (context.format == Format::kJson) {
    fmt::print("{}", as_told(answer, drains));
  } else {
    show(context, drains_table(drains));
  }
  return exit_status(drains);
}

int interrupted_while(std::span<const std::string> servers) {
  fail(fmt::format("the drain goes on: tidectl drains shows it, tidectl ready {} ends it",
                   fmt::join(servers, " ")));
  return kInterrupted;
}

}  // namespace

int follow_drains(const Context& context, std::string_view backend,
                  std::span<const std::string> servers, bool shown) {
  const Client client = context.client();
  const std::string question = Words("drains").add(backend).add("json").text();
  const bool pictured = shown && context.format == Format::kTable && on_terminal();
  const bool logged = shown && context.format == Format::kTable && !pictured;
  Picture picture;
  Log log;
  catch_signals();
  for (int misses = 0;;) {
    const auto answer = ask_drains(client, question);
    if (answer) {
      misses = 0;
      const std::vector<Drain> ours = latest_of(servers, answer->drains);
      if (ours.empty()) return fail("the daemon knows nothing of the drain any more");
      if (pictured) picture.show(ours);
      if (logged) log.show(ours);
      if (over(ours)) return finish(context, answer->json, ours);
    } else if (++misses > kMissesBorne) {
      return fail(answer.error());
    }
    static_cast<void>(wait_key(kInterval));
    if (interrupted()) return interrupted_while(servers);
  }
}

}  // namespace lb::cli
