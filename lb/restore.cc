#include "lb/restore.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <string>
#include <unordered_map>
#include <utility>

namespace lb {
namespace {

using balancer::Admin;
using check::Restored;
using std::chrono::milliseconds;
using telemetry::Level;

// HAProxy's bits.
constexpr std::uint32_t kForcedMaint = 1;
constexpr std::uint32_t kAnyMaint = 1 | 2 | 32;
constexpr std::uint32_t kConfiguredMaint = 4;
constexpr std::uint32_t kForcedDrain = 8;
constexpr std::uint32_t kConfigured = 2;
constexpr std::uint32_t kEnabled = 4;

bool was_switched_off(std::uint32_t state) {
  return (state & kConfigured) != 0 && (state & kEnabled) == 0;
}

// A drain that HAProxy tells of a server without weight is none of an operator's.
bool has_drain(const StoredServer& stored, const conf::Server& config) {
  return (stored.admin & kForcedDrain) != 0 && (stored.initial_weight > 0 || config.weight == 0);
}

std::optional<Admin> admin_of(const StoredServer& stored, const conf::Server& config) {
  if (!config.address) return std::nullopt;  // in maintenance for want of it
  const bool was_disabled = (stored.admin & kConfiguredMaint) != 0;
  const bool was_in_maint = (stored.admin & kForcedMaint) != 0;
  bool in_maint = config.disabled;
  if (was_disabled == config.disabled) in_maint = was_in_maint;
  if (in_maint == config.disabled && (in_maint || !has_drain(stored, config))) return std::nullopt;
  if (in_maint) return Admin::kMaint;
  return has_drain(stored, config) ? Admin::kDrain : Admin::kReady;
}

// One that is checked by nobody is down only if an operator has said so.
void restore_health(const StoredServer& stored, const conf::Server& config, Restored& restored) {
  if (config.track || (stored.admin & kAnyMaint) != 0) return;
  // Nobody would bring it up again.
  if ((stored.check_state & kConfigured) != 0 && !config.check) return;
  switch (stored.operation) {
    case 0:
      if (stored.more.ejected) return;
      restored.agent_down = config.agent && (stored.more.agent_down || !config.check);
      if (!restored.agent_down && !stored.more.agent_down)
        restored.health = Restored::Health::kDown;
      return;
    case 3:
      restored.health = Restored::Health::kStopping;
      return;
    default:
      if (config.check) restored.health = Restored::Health::kUp;
  }
}

// Finds servers by name: a backend may have ten thousand.
class Directory {
 public:
  explicit Directory(Fleet& fleet) {
    for (proxy::Backend& backend : fleet.backends) {
      auto& servers = backends_[backend.config.name];
      for (const balancer::ServerId id : backend.servers.all())
        servers.emplace(backend.servers[id].config.name,
                        check::Place{.backend = &backend, .server = id});
    }
  }

  [[nodiscard]] std::optional<check::Place> find(std::string_view backend,
                                                 std::string_view server) const {
    const auto servers = backends_.find(backend);
    if (servers == backends_.end()) return std::nullopt;
    const auto place = servers->second.find(server);
    return place == servers->second.end() ? std::nullopt : std::optional(place->second);
  }

 private:
  std::unordered_map<std::string_view, std::unordered_map<std::string_view, check::Place>>
      backends_;
};

void tell_broken(const StoredState& state, const auto& note) {
  for (const BrokenLine& line : state.broken)
    note(Level::kWarning,
         fmt::format("state file, line {}: {}; it is left out", line.line, line.why));
  if (state.all_broken > state.broken.size())
    note(Level::kWarning, fmt::format("state file: {} more lines are left out",
                                      state.all_broken - state.broken.size()));
}

}  // namespace

Restored restored_of(const StoredServer& stored, const conf::Server& config) {
  Restored restored;
  restored.admin = admin_of(stored, config);
  if (stored.initial_weight == config.weight && stored.weight != config.weight)
    restored.weight = stored.weight;
  if (stored.more.maxconn && stored.more.initial_maxconn == config.maxconn)
    restored.maxconn = stored.more.maxconn;
  if (stored.more.moved_from == config.address) restored.address = stored.more.address;
  restored.checks_off = config.check && was_switched_off(stored.check_state);
  restored.agent_off = config.agent && was_switched_off(stored.agent_state);
  restore_health(stored, config, restored);
  return restored;
}

std::optional<DrainWish> wish_of(const StoredServer& stored,
                                 std::chrono::system_clock::time_point now) {
  if (!stored.more.drain) return std::nullopt;
  const StoredDrain& drain = *stored.more.drain;
  DrainWish wish{
      .mode = drain.mode, .quiet_time = milliseconds(drain.quiet_time), .pace = drain.pace};
  if (drain.mode != DrainWish::Mode::kDeadline) return wish;
  constexpr milliseconds kMost = std::chrono::days{24};  // a clock may have been set back
  const auto since_epoch = std::chrono::duration_cast<milliseconds>(now.time_since_epoch());
  wish.deadline =
      std::clamp(milliseconds(drain.until) - since_epoch, milliseconds{1}, milliseconds{kMost});
  return wish;
}

void restore(std::string_view text, Engine& engine,
             const std::function<void(Level, std::string)>& note) {
  const auto state = parse_state(text);
  if (!state)
    return note(Level::kWarning, fmt::format("state file: {}; none of it is used", state.error()));
  tell_broken(*state, note);
  const Directory directory(engine.fleet());
  std::deque<balancer::Backend::Batch> batches;  // a table each, not one for each server
  for (proxy::Backend& backend : engine.fleet().backends) batches.emplace_back(backend.choice);
  std::size_t unknown = 0;
  for (const StoredServer& stored : state->servers) {
    const auto place = directory.find(stored.backend, stored.name);
    if (!place) {
      ++unknown;
      continue;
    }
    const Restored restored = restored_of(stored, place->config());
    if (restored == Restored{}) continue;
    std::optional<DrainWish> wish;
    if (restored.admin == Admin::kDrain) wish = wish_of(stored, std::chrono::system_clock::now());
    engine.restore(*place, restored, wish);
  }
  if (unknown != 0)
    note(Level::kNotice, fmt::format("state file: {} of its {} servers exist no more", unknown,
                                     state->servers.size()));
}

}  // namespace lb
