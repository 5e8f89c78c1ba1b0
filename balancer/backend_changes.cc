#include <algorithm>
#include <cassert>
#include <utility>

#include "balancer/backend.h"

// What changes of the servers lead to: who serves, and where those go who wait.
namespace balancer {
namespace {

// What `show stat` calls a change of a server.
enum class State : std::uint8_t { kUp, kStopping, kDrain, kDown, kMaint };

State state_of(const Facts& facts) {
  if (facts.admin == Admin::kMaint || facts.lost) return State::kMaint;
  if (!is_up(facts)) return State::kDown;
  if (facts.admin == Admin::kDrain) return State::kDrain;
  return facts.stopping ? State::kStopping : State::kUp;
}

bool is_down(State state) { return state == State::kDown || state == State::kMaint; }

void record(History& history, bool was_down, bool down, Tick now) {
  if (was_down) history.down_ms += now - history.changed;
  if (!was_down && down) ++history.downs;
  history.changed = now;
}

}  // namespace

Shift Backend::update(ServerId server, const std::function<void(Facts&)>& change, Tick now) {
  Grants grants;
  Shift shift;
  bool stale = false;
  {
    const std::lock_guard lock(mutex_);
    now_ = std::max(now_, now);
    const bool served = serving_ != 0;
    const State before = state_of(servers_[server].facts);
    shift.was_usable = usable(servers_[server].facts);
    change_tier(server, change);
    shift.is_usable = usable(servers_[server].facts);
    const State after = state_of(servers_[server].facts);
    if (before != after) record(servers_[server].history, is_down(before), is_down(after), now_);
    if (served != (serving_ != 0)) record(history_, !served, served, now_);
    shift.active = tiers_.actives();
    shift.backup = tiers_.backups();
    shift.sessions = servers_[server].open;
    stale = chooser_.stale() && !in_batch_;
    if (!stale) shift.requeued = settle(grants);
    shift.queued = queue_.size();
  }
  shift.requeued += follow(stale, grants);
  return shift;
}

Backend::Batch::Batch(Backend& backend) : backend_(backend) {
  const std::lock_guard lock(backend_.mutex_);
  backend_.in_batch_ = true;
}

Backend::Batch::~Batch() {
  Grants grants;
  bool stale = false;
  {
    const std::lock_guard lock(backend_.mutex_);
    backend_.in_batch_ = false;
    stale = backend_.chooser_.stale();
  }
  backend_.follow(stale, grants);
}

std::expected<Shift, std::string_view> Backend::set_weight(ServerId server,
                                                           const WeightRequest& request, Tick now) {
  std::expected<Shift, std::string_view> done;
  const Shift shift = update(
      server,
      [&](Facts& facts) {
        const auto weight = weight_for(request, facts.weight, static_);
        if (weight) {
          facts.operator_weight = *weight;
        } else {
          done = std::unexpected(weight.error());
        }
      },
      now);
  if (done) done = shift;
  return done;
}

// ---- servers that come and go

void Backend::add(ServerId id, const conf::Server& server, Tick now) {
  Facts facts = facts_of(server);
  facts.admin = Admin::kMaint;
  Server added = make(server, facts, now);
  const std::lock_guard lock(mutex_);
  now_ = std::max(now_, now);
  assert(id == servers_.size() || servers_.at(id).vacant);
  if (id < servers_.size()) {
    servers_[id] = std::move(added);
  } else {
    servers_.push_back(std::move(added));
    queue_.extend();
    held_.reserve(servers_.size());
  }
  note_wishes(server);
  chooser_.enroll(id, server.id, server.name);
  inform(id);
}

bool Backend::remove(ServerId id) {
  const std::lock_guard lock(mutex_);
  Server& server = servers_[id];
  const bool away = admin_of(server.facts) == Admin::kMaint;
  if (server.vacant || !away || server.open != 0 || !queue_.empty(line(id))) return false;
  if (server.full) chooser_.free(id);
  if (server.position != kNowhere) held_.erase(id);
  std::erase(starting_, id);
  server = make({}, {.admin = Admin::kMaint}, now_);
  server.vacant = true;
  return true;
}

// A change of one server may make others serve, or no longer: the backups.
void Backend::change_tier(ServerId id, const std::function<void(Facts&)>& change) {
  Server& server = servers_[id];
  Facts& facts = server.facts;
  const std::vector<ServerId> before = tiers_.stand_ins();
  const bool was_usable = usable(facts);
  const std::uint32_t was_slow = facts.slow_percent;
  const bool was_on_trial = facts.on_trial;
  if (was_usable) tiers_.quit(id, facts.backup);
  change(facts);
  const bool is_usable = usable(facts);
  if (is_usable) tiers_.enter(id, facts.backup);
  const bool trusted = was_on_trial && !facts.on_trial;
  const bool returns = !was_usable || facts.slow_percent > was_slow || trusted;
  if (is_usable && returns) start_slowly(id);
  if (!is_usable) server.start.stop();
  limit_to(id, facts);
  inform(id);
  for (const ServerId other : before) inform(other);
  for (const ServerId other : tiers_.stand_ins()) inform(other);
}

void Backend::limit_to(ServerId id, const Facts& facts) {
  Server& server = servers_[id];
  if (server.position != kNowhere) held_.erase(id);  // whose order goes by the limit
  server.position = kNowhere;
  server.maxconn = facts.maxconn;
  server.on_trial = facts.on_trial;
}

// A static algorithm knows the configured weight alone; where that is 0 nothing else makes up for
// it.
bool Backend::usable(const Facts& facts) const {
  return standing(facts).usable && (!static_ || facts.weight > 0);
}

void Backend::start_slowly(ServerId id) {
  Server& server = servers_[id];
  server.start.begin(now_);
  if (!server.start.running(now_) || std::exchange(server.listed, true)) return;
  starting_.push_back(id);
}

void Backend::inform(ServerId id) {
  Server& server = servers_[id];
  const Facts& facts = server.facts;
  const Weight weight = static_ ? facts.weight * kWeightScale : standing(facts).weight;
  const bool serves = usable(facts) && tiers_.serves(id, facts.backup);
  if (serves && !server.serves) ++serving_;
  if (!serves && server.serves) --serving_;
  server.serves = serves;
  const bool starting = server.start.running(step_);
  chooser_.set(id, graded_ ? server.start.part_of(weight, step_) : weight, serves, starting);
  refresh(id);
  changed_.push_back(id);
}

void Backend::step(Tick now) {
  Grants grants;
  bool stale = false;
  {
    const std::lock_guard lock(mutex_);
    if (!begin_step(now)) return;
    stale = chooser_.stale();
    if (!stale) settle(grants);
  }
  follow(stale, grants);
}

bool Backend::begin_step(Tick now) {
  now_ = std::max(now_, now);
  step_ = std::max(step_, now);
  if (starting_.empty()) return false;
  for (const ServerId id : starting_) inform(id);
  std::erase_if(starting_, [this](ServerId id) {
    servers_[id].listed = servers_[id].start.running(step_);
    return !servers_[id].listed;
  });
  return true;
}

bool Backend::starting() const {
  const std::lock_guard lock(mutex_);
  return !starting_.empty();
}

// ---- those who wait

// After changes: who waits for a server that serves no more goes elsewhere, and free slots go to
// those who wait. Tells how many went elsewhere.
std::uint32_t Backend::settle(Grants& grants) {
  std::uint32_t moved = 0;
  for (const ServerId id : changed_) {
    for (; !servers_[id].serves && !queue_.empty(line(id)); ++moved)
      queue_.move_first(line(id), kAny);
    note_queue(kAny);
  }
  for (const ServerId id : changed_) fill(id, grants);
  changed_.clear();
  fill_any(grants);
  return moved;
}

// Gives a server's free slots to its own line and to the common one, by arrival.
void Backend::fill(ServerId id, Grants& grants) {
  const WaitQueue::Line own = line(id);
  while (servers_[id].serves && !servers_[id].full) {
    const bool own_waits = !queue_.empty(own);
    const bool own_first = own_waits && (queue_.empty(kAny) || queue_.earlier(own, kAny));
    if (own_first) {
      grant(own, id, grants);
      continue;
    }
    const std::uint32_t waiting = queue_.size(kAny);
    fill_any(grants);
    if (queue_.size(kAny) == waiting && !own_waits) return;
    if (queue_.size(kAny) == waiting) grant(own, id, grants);
  }
}

// Serves the common line as far as there are free slots. Who is bound to a full server waits for it
// from now on.
void Backend::fill_any(Grants& grants) {
  while (!queue_.empty(kAny)) {
    const auto server = choose(queue_.first_key(kAny));
    if (!server) return;
    chooser_.placed(queue_.first_key(kAny), *server, now_);
    if (servers_[*server].full) {
      queue_.move_first(kAny, line(*server));
      note_queue(line(*server));
    } else {
      grant(kAny, *server, grants);
    }
  }
}

void Backend::grant(WaitQueue::Line from, ServerId id, Grants& grants) {
  const Served first = queue_.pop(from);
  grants.add({.to = first.waiter,
              .from = {.place = first.place, .at_server = from != kAny},
              .lease = take(id)});
}

// Brings the table up to date, if it is not; only then the free slots are given away.
std::uint32_t Backend::follow(bool stale, Grants& grants) {
  std::uint32_t moved = 0;
  if (stale) {
    chooser_.build(mutex_);
    const std::lock_guard lock(mutex_);
    moved = settle(grants);
  }
  grants.deliver(waker_);
  return moved;
}

}  // namespace balancer
