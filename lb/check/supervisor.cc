#include "lb/check/supervisor.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace lb::check {
namespace {

using balancer::Admin;
using balancer::Crossing;
using balancer::Facts;
using telemetry::Cause;
using telemetry::Level;

constexpr balancer::Tick kLook = 1'000;  // ms between two looks at slow servers

balancer::Health health_of(const Judgement& judgement) {
  if (judgement.up)
    return judgement.step == judgement.steps ? balancer::Health::kUp : balancer::Health::kGoingDown;
  return judgement.step == 0 ? balancer::Health::kDown : balancer::Health::kGoingUp;
}

// Whoever was taking leave is missed by nobody.
Level loss_of(bool was_stopping) { return was_stopping ? Level::kNotice : Level::kAlert; }

Admin admin_of(health::AgentReport::Admin word) {
  switch (word) {
    case health::AgentReport::Admin::kReady:
      return Admin::kReady;
    case health::AgentReport::Admin::kDrain:
      return Admin::kDrain;
    case health::AgentReport::Admin::kMaint:
      break;
  }
  return Admin::kMaint;
}

}  // namespace

void Supervisor::follow(const Place& of, const Place& follower) {
  followers_[Key(of.backend, of.server)].push_back(follower);
  const Facts now = of.backend->choice.view(of.server, 1, hands_.now()).front().facts;
  // Without a check nothing would bring it up again.
  const bool is_down = !balancer::is_up(now) && of.config().check;
  const auto begin = [&](Facts& facts) {
    facts.inherited = balancer::admin_of(now);
    facts.agent_down = now.agent_down;
    facts.stopping = now.stopping;
    if (is_down) facts.health = balancer::Health::kDown;
  };
  follower.backend->choice.update(follower.server, begin, hands_.now());
}

void Supervisor::time(const Place& server) {
  slowness_.insert_or_assign(Key(server.backend, server.server),
                             health::Slowness(*server.backend->config.slow_limit));
}

void Supervisor::forget(const Place& server) {
  const Key key(server.backend, server.server);
  const auto ejected = ejected_.find(key);
  if (ejected != ejected_.end() && ejected->second.phase == Ejected::Phase::kOut)
    --out_[server.backend];
  ejected_.erase(key);
  slowness_.erase(key);
  taken_out_.erase(key);
  for (auto& [of, followers] : followers_) std::erase(followers, server);
}

// ---- checks

void Supervisor::judged(const Judgement& judgement) {
  const bool each = judgement.of.backend->config.log_health_checks;
  if (each) hands_.note(Level::kNotice, check_line(judgement));
  judge(judgement.of, judgement,
        each ? "" : append_reason({judgement.verdict, judgement.duration}));
  for (const Place& follower : followers_of(judgement.of))
    judge(follower, judgement, via(judgement.of));
}

const std::vector<Place>& Supervisor::followers_of(const Place& server) const {
  static const std::vector<Place> kNobody;
  const auto found = followers_.find(Key(server.backend, server.server));
  return found != followers_.end() ? found->second : kNobody;
}

void Supervisor::judge(const Place& server, const Judgement& judgement, const std::string& why) {
  const Effect effect = change(server, [&](Facts& facts) {
    facts.health = health_of(judgement);
    facts.stopping = judgement.stopping;
  });
  conclude_health(server, effect, judgement.stopping, why);
}

void Supervisor::conclude_health(const Place& server, const Effect& effect, bool stopping,
                                 const std::string& why) {
  conclude(server, effect, why);
  if (!effect.was_stopping && stopping && effect.is_up)
    tell(Level::kNotice, server, "is stopping" + why, effect);
  if (effect.was_stopping && !stopping && effect.was_up && effect.is_up)
    tell(Level::kNotice, server, "is UP" + why, effect);
}

Supervisor::Effect Supervisor::change(const Place& server,
                                      const std::function<void(Facts&)>& what) {
  Effect effect;
  effect.shift = server.backend->choice.update(
      server.server,
      [&](Facts& facts) {
        effect.was_up = balancer::is_up(facts);
        effect.was_stopping = facts.stopping;
        what(facts);
        effect.is_up = balancer::is_up(facts);
        effect.on_trial = facts.on_trial;
      },
      hands_.now());
  return effect;
}

void Supervisor::conclude(const Place& server, const Effect& effect, const std::string& why) {
  if (effect.was_up == effect.is_up) return;
  hands_.changed();
  const conf::Server& config = server.config();
  if (effect.is_up) {
    tell(Level::kNotice, server, "is UP" + why, effect);
    shut_backups(server, effect);
    if (config.on_marked_down == conf::OnMarkedDown::kDrain) hands_.keep_sessions(server);
  } else {
    tell(loss_of(effect.was_stopping), server, "is DOWN" + why, effect);
    if (config.on_marked_down == conf::OnMarkedDown::kShutdownSessions)
      hands_.shut(server, Cause::kDown);
    if (config.on_marked_down == conf::OnMarkedDown::kDrain) hands_.drain_sessions(server);
  }
}

// Not for one that may take nobody, or a single session, yet.
void Supervisor::shut_backups(const Place& better, const Effect& effect) {
  const conf::Server& config = better.config();
  if (config.on_marked_up != conf::OnMarkedUp::kShutdownBackupSessions || config.backup) return;
  if (!effect.shift.is_usable || effect.on_trial) return;
  for (const balancer::ServerId id : better.backend->servers.all())
    if (better.backend->servers[id].config.backup)
      hands_.shut({.backend = better.backend, .server = id}, Cause::kBetterUp);
}

void Supervisor::tell(Level level, const Place& server, const std::string& what,
                      const Effect& effect) {
  hands_.note(level, fmt::format("{} {}{}", name_of(server), what,
                                 consequence_of(effect.shift, effect.is_up)));
  mourn(server, effect.shift);
}

// If no server is left: those that are ejected are better than nobody.
void Supervisor::mourn(const Place& server, const balancer::Shift& shift) {
  if (!shift.was_usable || shift.active != 0 || shift.backup != 0) return;
  hands_.note(Level::kEmerg,
              fmt::format("backend {} has no server available!", server.backend->config.name));
  readmit_all(*server.backend);
}

// ---- agents

void Supervisor::agent_said(const AgentWord& word) {
  const health::AgentReport& said = word.report;
  const Place& server = word.of;
  if (said.admin) set_admin(server, admin_of(*said.admin));
  bool agent_down = false;
  bool keeps_out = false;
  const Effect effect = change(server, [&](Facts& facts) {
    if (said.percent) facts.agent_percent = *said.percent;
    if (said.weight) facts.operator_weight = said.weight;
    if (said.maxconn) facts.maxconn = *said.maxconn;
    if (said.health) facts.agent_down = *said.health == health::AgentReport::Health::kDown;
    agent_down = facts.agent_down;
    keeps_out =
        agent_down || facts.agent_percent == 0 || balancer::admin_of(facts) != Admin::kReady;
  });
  const bool each = server.backend->config.log_health_checks;
  if (each && word.news) hands_.note(Level::kNotice, agent_line(word, !agent_down));
  conclude(server, effect, each ? "" : append_reason({said.verdict, word.duration}));
  if (effect.was_up == effect.is_up) mourn(server, effect.shift);
  tell_if_mute(word, keeps_out);
  if (!said.health) return;
  for (const Place& follower : followers_of(server)) {
    const auto follow = [agent_down](Facts& facts) { facts.agent_down = agent_down; };
    conclude(follower, change(follower, follow), via(server));
  }
}

// An agent that falls silent leaves the server as it last said, which may be out for good.
void Supervisor::tell_if_mute(const AgentWord& word, bool keeps_out) {
  using conf::CheckStatus;
  const CheckStatus status = word.report.verdict.status;
  const Key key(word.of.backend, word.of.server);
  const bool speaks = status == CheckStatus::kL7Ok || status == CheckStatus::kL7Wrong ||
                      status == CheckStatus::kChecked;
  if (speaks && keeps_out) taken_out_[key].forget();
  if (speaks && !keeps_out) taken_out_.erase(key);
  const auto found = taken_out_.find(key);
  if (speaks || found == taken_out_.end() || !found->second.is_time(hands_.now())) return;
  hands_.note(Level::kWarning,
              fmt::format("{} gets no new sessions, as its agent said before it fell silent{}",
                          name_of(word.of), append_reason({word.report.verdict, word.duration})));
}

void Supervisor::set_admin(const Place& server, Admin admin, const std::string& why) {
  enter(server, [admin](Facts& facts) { facts.admin = admin; }, "forced ", why);
}

void Supervisor::found(const Place& server) {
  enter(server, [](Facts& facts) { facts.lost = false; }, "", "");
}

// A server, and those that follow it.
void Supervisor::enter(const Place& server, const std::function<void(Facts&)>& what,
                       std::string_view forced, const std::string& why) {
  const Admin now = enter_alone(server, what, forced, why);
  for (const Place& follower : followers_of(server))
    enter_alone(follower, [now](Facts& facts) { facts.inherited = now; }, "", via(server));
}

// The answer is what is wanted of it now.
Admin Supervisor::enter_alone(const Place& server, const std::function<void(Facts&)>& what,
                              std::string_view forced, const std::string& why) {
  Admin before = Admin::kReady;
  Admin now = Admin::kReady;
  const Effect effect = change(server, [&](Facts& facts) {
    before = balancer::admin_of(facts);
    what(facts);
    now = balancer::admin_of(facts);
  });
  if (before != now) tell_of_entry(server, before, now, effect, forced, why);
  return now;
}

void Supervisor::tell_of_entry(const Place& server, Admin before, Admin now, const Effect& effect,
                               std::string_view forced, const std::string& why) {
  hands_.changed();
  hands_.admin_is(server, now);
  const auto note = [&](std::string_view what) {
    hands_.note(Level::kNotice, fmt::format("{} {}.", name_of(server), what));
  };
  if (now == Admin::kMaint) {
    if (effect.was_up) {
      tell(loss_of(effect.was_stopping), server, "is going DOWN for maintenance" + why, effect);
    } else {
      note("was DOWN and now enters maintenance" + why);
    }
    hands_.ask(server, [](Watch& watch) { watch.pause(Pause::kMaintenance); });
    if (server.config().on_marked_down == conf::OnMarkedDown::kShutdownSessions)
      hands_.shut(server, Cause::kDown);
    return;
  }
  if (before == Admin::kMaint) {
    note(fmt::format("is {}/{} (leaving {}maintenance)", effect.is_up ? "UP" : "DOWN",
                     now == Admin::kDrain ? "DRAIN" : "READY", forced));
    hands_.ask(server, [](Watch& watch) { watch.resume(Pause::kMaintenance); });
  } else if (now == Admin::kDrain) {
    tell(Level::kNotice, server, "enters drain state" + why, effect);
  } else {
    note(fmt::format("is UP (leaving {}drain)", forced));
  }
}

// ---- sessions

void Supervisor::crossed(const Place& server, Crossing crossing) {
  const auto& observe = server.config().observe;
  if (!observe || crossing == Crossing::kNone) return;
  // What a trial came to may arrive when it is over already.
  const bool of_trial = crossing != Crossing::kErrorLimit;
  if (of_trial && ejection_of(server).phase != Ejected::Phase::kOnTrial) return;
  if (crossing == Crossing::kTrialPassed) return trust(server, "its trial session went well");
  if (of_trial || observe->on_error == conf::Observe::Action::kEject) return eject(server);
  hands_.ask(server, [asked = *observe](Watch& watch) {
    watch.met_errors(asked.on_error, asked.error_limit);
  });
}

Supervisor::Ejected& Supervisor::ejection_of(const Place& server) {
  return ejected_
      .try_emplace(Key(server.backend, server.server),
                   Ejected{.rules = health::Ejection(server.backend->config.ejection)})
      .first->second;
}

// Why it cannot be ejected; null when it can.
const char* Supervisor::what_keeps(const Place& server) const {
  const conf::Backend& config = server.backend->config;
  if (server.backend->choice.eligible() <= 1) return "it is the last one";
  const auto out = out_.find(server.backend);
  const auto servers = static_cast<std::uint32_t>(server.backend->servers.all().size());
  const auto most = health::Ejection::most_of(servers, config.ejection.most);
  return out != out_.end() && out->second >= most ? "max_ejected lets no more go" : nullptr;
}

// Sessions may fail there by the thousand.
void Supervisor::tell_kept(const Place& server, const char* why) {
  if (!ejection_of(server).told_kept.is_time(hands_.now())) return;
  hands_.note(Level::kWarning,
              fmt::format("{} would be ejected, {} sessions in a row have failed there, but {}",
                          name_of(server), server.config().observe->error_limit, why));
}

void Supervisor::eject(const Place& server) {
  Ejected& ejected = ejection_of(server);
  if (ejected.phase == Ejected::Phase::kOut) return;
  const bool on_trial = ejected.phase == Ejected::Phase::kOnTrial;
  if (const char* why = what_keeps(server)) {
    tell_kept(server, why);
    if (on_trial) trust(server, "since it is needed");
    return;
  }
  const auto time = ejected.rules.eject(hands_.now());
  ejected.phase = Ejected::Phase::kOut;
  ejected.time = time;
  ejected.told_kept.forget();
  ++out_[server.backend];
  ejected.until = hands_.now() + static_cast<balancer::Tick>(time.count());
  const Effect effect = change(server, [](Facts& facts) {
    facts.ejected = true;
    facts.on_trial = false;
  });
  const std::string why = on_trial ? "its trial session has failed"
                                   : fmt::format("{} sessions in a row have failed",
                                                 server.config().observe->error_limit);
  conclude(server, effect, fmt::format(", ejected for {}, reason: {}", time, why));
}

void Supervisor::pulse() {
  const balancer::Tick now = hands_.now();
  for (auto& [key, ejected] : ejected_) {
    const Place server{.backend = key.first, .server = key.second};
    if (now < ejected.until) continue;
    if (ejected.phase == Ejected::Phase::kOut) {
      put_on_trial(server);
    } else if (ejected.phase == Ejected::Phase::kOnTrial) {
      trust(server, "nothing has failed there in its time on trial");
    }
  }
  if (now < next_look_) return;
  next_look_ = now + kLook;
  look_for_slow_ones();
}

void Supervisor::end_ejection(const Place& server, Ejected::Phase next) {
  Ejected& ejected = ejection_of(server);
  if (ejected.phase == Ejected::Phase::kOut) --out_[server.backend];
  ejected.phase = next;
  if (next == Ejected::Phase::kIn) ejected.rules.trust(hands_.now());
}

// For as long as it was out: a client that holds the one session must not keep all others away.
void Supervisor::put_on_trial(const Place& server) {
  Ejected& ejected = ejection_of(server);
  end_ejection(server, Ejected::Phase::kOnTrial);
  ejected.until = hands_.now() + static_cast<balancer::Tick>(ejected.time.count());
  const Effect effect = change(server, [](Facts& facts) {
    facts.ejected = false;
    facts.on_trial = true;
  });
  conclude(server, effect, ", on trial: it gets one session at a time until one goes well");
}

void Supervisor::trust(const Place& server, const char* why) {
  end_ejection(server, Ejected::Phase::kIn);
  const Effect effect = change(server, [](Facts& facts) { facts.on_trial = false; });
  tell(Level::kNotice, server, fmt::format("is trusted again, {}", why), effect);
  shut_backups(server, effect);
}

void Supervisor::readmit_all(const proxy::Backend& backend) {
  for (auto& [key, ejected] : ejected_) {
    if (key.first != &backend || ejected.phase != Ejected::Phase::kOut) continue;
    const Place server{.backend = key.first, .server = key.second};
    end_ejection(server, Ejected::Phase::kIn);
    const Effect effect = change(server, [](Facts& facts) { facts.ejected = false; });
    conclude(server, effect, ", back from its ejection since no other is left");
  }
}

void Supervisor::look_for_slow_ones() {
  for (auto& [key, slowness] : slowness_) {
    const Place server{.backend = key.first, .server = key.second};
    const auto connecting = server.backend->choice.take_connect_time(server.server);
    const auto percent = slowness.judge(connecting);
    if (!percent) continue;
    change(server, [&percent](Facts& facts) { facts.slow_percent = *percent; });
    const double took = static_cast<double>(connecting->count()) / 1000;
    const auto limit = *server.backend->config.slow_limit;
    hands_.note(
        *percent < 100 ? Level::kWarning : Level::kNotice,
        *percent < 100
            ? fmt::format("{} is slow: connecting takes {:.1f}ms, more than slow_limit {}: it "
                          "keeps {}% of its weight",
                          name_of(server), took, limit, *percent)
            : fmt::format("{} is quick again: connecting takes {:.1f}ms: it gets its weight back",
                          name_of(server), took));
  }
}

}  // namespace lb::check
