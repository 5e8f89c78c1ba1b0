#include "conf/tracks.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "conf/nearest.h"
#include "conf/value.h"

namespace conf {
namespace {

constexpr std::size_t kMostGuesses = 10;  // each looks at every name
constexpr std::size_t kMostNamed = 5;     // of those in a loop

struct Tracked {
  const Backend* backend;
  const Server* server;
};

class Tracks {
 public:
  Tracks(const Config& config, bool complete, std::vector<Mistake>& mistakes)
      : config_(config), complete_(complete), mistakes_(mistakes) {
    for (const auto& backend : config.backends) {
      auto& servers = servers_[backend.name];
      for (const auto& server : backend.servers)
        servers.emplace(server.name, Tracked{&backend, &server});
    }
  }

  void check() {
    for (const auto& backend : config_.backends) {
      for (const auto& server : backend.servers) {
        if (!server.track) continue;
        const Tracked from{&backend, &server};
        check_target(from);
        follow(from);
      }
    }
  }

 private:
  void mistake(const Tracked& from, std::string what) {
    const auto& [backend, server] = from;
    mistakes_.push_back({server->place.file, server->place.line,
                         fmt::format("backends.{}.servers.{}.track", printable(backend->name),
                                     printable(server->name)),
                         std::move(what)});
  }

  [[nodiscard]] const Tracked* target_of(const Server& server) const {
    const auto backend = servers_.find(server.track->backend);
    if (backend == servers_.end()) return nullptr;
    const auto target = backend->second.find(server.track->server);
    return target != backend->second.end() ? &target->second : nullptr;
  }

  void check_target(const Tracked& from) {
    const Track& track = *from.server->track;
    const Tracked* const target = target_of(*from.server);
    if (target == nullptr) {
      if (complete_) mistake(from, missing(track));
    } else if (!target->server->check && !target->server->agent && !target->server->track) {
      mistake(from, fmt::format("names {}/{}, which has neither a check nor an agent: give it one",
                                printable(track.backend), printable(track.server)));
    }
  }

  [[nodiscard]] std::string missing(const Track& track) {
    const auto backend = servers_.find(track.backend);
    const bool has_backend = backend != servers_.end();
    std::vector<std::string_view> names;
    if (guesses_++ < kMostGuesses) {
      if (has_backend) {
        for (const auto& [name, server] : backend->second) names.push_back(name);
      } else {
        for (const auto& [name, servers] : servers_) names.push_back(name);
      }
      std::ranges::sort(names);
    }
    const auto meant = nearest(has_backend ? track.server : track.backend, names);
    return fmt::format(
        "there is no {} {}{}", has_backend ? "server" : "backend",
        has_backend ? quoted(track.backend + "/" + track.server) : quoted(track.backend),
        meant.empty() ? ": name one that has a check"
                      : fmt::format(": did you mean {}?", quoted(meant)));
  }

  // Walks to the end of the chain, or to where another walk has been; a loop is met by one walk
  // alone and told once.
  void follow(Tracked from) {
    ++walk_;
    while (from.server->track) {
      const auto [seen, is_new] = walks_.try_emplace(from.server, walk_);
      if (!is_new) {
        if (seen->second == walk_) mistake(from, loop_at(from));
        return;
      }
      const Tracked* const next = target_of(*from.server);
      if (next == nullptr) return;
      from = *next;
    }
  }

  [[nodiscard]] std::string loop_at(const Tracked& from) const {
    std::string names;
    const Tracked* at = target_of(*from.server);
    for (std::size_t i = 0; at != nullptr && at->server != from.server; ++i) {
      if (i == kMostNamed) {
        names += ", ...";
        break;
      }
      names += fmt::format("{}{}/{}", i == 0 ? " by way of " : ", ", printable(at->backend->name),
                           printable(at->server->name));
      at = target_of(*at->server);
    }
    return fmt::format("tracks itself{}: give one of them a check", names);
  }

  const Config& config_;
  bool complete_;
  std::vector<Mistake>& mistakes_;
  std::unordered_map<std::string_view, std::unordered_map<std::string_view, Tracked>> servers_;
  std::unordered_map<const Server*, std::size_t> walks_;  // which came by first
  std::size_t walk_ = 0;
  std::size_t guesses_ = 0;
};

}  // namespace

void check_tracks(const Config& config, bool complete, std::vector<Mistake>& mistakes) {
  const auto tracks = [](const Backend& backend) {
    return std::ranges::any_of(backend.servers,
                               [](const Server& server) { return server.track.has_value(); });
  };
  if (std::ranges::any_of(config.backends, tracks)) Tracks(config, complete, mistakes).check();
}

}  // namespace conf
