#include "conf/limits.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "conf/algorithm.h"
#include "conf/value.h"

namespace conf {
namespace {

// Empty: nothing.
std::string wrong_limit(const Backend& backend, const Server& server) {
  if (server.minconn > 0 && server.maxconn == 0) {
    return fmt::format("has a minconn of {} but no maxconn for it to rise to: add one",
                       server.minconn);
  }
  if (server.minconn > server.maxconn) {
    return fmt::format("has a minconn of {}, more than its maxconn of {}: lower it", server.minconn,
                       server.maxconn);
  }
  if (server.slow_start > Milliseconds{0} && server.maxconn == 0 &&
      !grades_weights(backend.balance)) {
    const Algorithm placing = conf::placing(backend.balance);
    const bool hashes = placing != Algorithm::kStaticRoundRobin && placing != Algorithm::kFirst;
    return fmt::format(
        "has a slow_start and no maxconn, but with {}{}{} a weight does not rise, only a maxconn: "
        "add one, or leave slow_start out",
        placing != backend.balance.by ? "sticky-source and first_visit: " : "",
        hashes ? "a map-based " : "", name_of(placing));
  }
  return {};
}

// Empty: it is a choice.
std::string idle_first(const Backend& backend) {
  const auto bounded = [](const Server& server) { return server.maxconn != 0; };
  if (placing(backend.balance) != Algorithm::kFirst || backend.servers.size() < 2 ||
      std::ranges::any_of(backend.servers, bounded))
    return {};
  return "is by first, but no server has a maxconn, so that one of them gets all sessions: add one";
}

// Where a client is bound to a server. Elsewhere any retry may go to another one.
bool binds(const Balance& balance) {
  const Algorithm by = placing(balance);
  return balance.by == Algorithm::kStickySource || by == Algorithm::kSource ||
         by == Algorithm::kHash || by == Algorithm::kMaglev;
}

// Empty: some retries go to another server, or none is meant to.
std::string idle_redispatch(const Backend& backend) {
  const std::int64_t which = backend.redispatch;
  if (!binds(backend.balance) || backend.retries == 0 || std::abs(which) <= backend.retries)
    return {};
  return fmt::format(
      "is {}, but there are {} retries, so that none goes to another server: write 1 for all of "
      "them, or 0",
      which, backend.retries);
}

// What comes to a backend through all of its frontends.
struct Inflow {
  std::uint64_t maxconn = 0;
  const Frontend* unbounded = nullptr;  // one without a limit that is known
};

}  // namespace

void check_server_limits(const Config& config, std::vector<Mistake>& mistakes) {
  for (const auto& backend : config.backends) {
    for (const auto& server : backend.servers) {
      auto wrong = wrong_limit(backend, server);
      if (wrong.empty()) continue;
      mistakes.push_back(
          {server.place.file, server.place.line,
           fmt::format("backends.{}.servers.{}", printable(backend.name), printable(server.name)),
           std::move(wrong)});
    }
  }
}

void note_idle_settings(const Config& config, std::vector<Mistake>& notes) {
  const auto note = [&notes](const Backend& backend, std::string_view key, std::string what) {
    if (what.empty()) return;
    notes.push_back({backend.place.file, backend.place.line,
                     fmt::format("backends.{}.{}", printable(backend.name), key), std::move(what)});
  };
  for (const auto& backend : config.backends) {
    note(backend, "balance", idle_first(backend));
    note(backend, "redispatch", idle_redispatch(backend));
  }
}

void settle_fullconn(Config& config, std::vector<Mistake>& mistakes) {
  std::map<std::string_view, Inflow> inflows;
  for (const auto& frontend : config.frontends) {
    const std::uint32_t maxconn = frontend.maxconn != 0 ? frontend.maxconn : config.global.maxconn;
    Inflow& inflow = inflows[frontend.backend];
    inflow.maxconn += maxconn;
    if (maxconn == 0) inflow.unbounded = &frontend;
  }

  const auto has_minconn = [](const Server& server) { return server.minconn > 0; };
  for (auto& backend : config.backends) {
    if (backend.fullconn != 0 || std::ranges::none_of(backend.servers, has_minconn)) continue;
    const Inflow& inflow = inflows[backend.name];
    if (inflow.unbounded == nullptr) {
      constexpr std::uint64_t kMost = std::numeric_limits<std::int32_t>::max();
      backend.fullconn = static_cast<std::uint32_t>(
          std::clamp<std::uint64_t>((inflow.maxconn + 9) / 10, 1, kMost));
    } else {
      mistakes.push_back(
          {backend.place.file, backend.place.line,
           fmt::format("backends.{}", printable(backend.name)),
           fmt::format("has a server with a minconn, but no fullconn that says when it has its "
                       "maxconn, and frontend {} has no maxconn to derive one from: add fullconn",
                       quoted(inflow.unbounded->name))});
    }
  }
}

}  // namespace conf
