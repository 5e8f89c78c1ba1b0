#include "balancer/round_robin.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace balancer {

namespace {

std::int64_t floor_divide(std::int64_t dividend, std::int64_t divisor) {
  const std::int64_t quotient = dividend / divisor;
  return dividend % divisor < 0 ? quotient - 1 : quotient;
}

}  // namespace

RoundRobin::RoundRobin() : waiting_(ByStart{&slots_}), ready_(ByDeadline{&slots_}) {}

bool RoundRobin::ByPlace::before(ServerId a, ServerId b) const {
  const std::int64_t place_a = (*slots)[a].place;
  const std::int64_t place_b = (*slots)[b].place;
  return place_a != place_b ? place_a < place_b : a < b;
}

std::uint32_t& RoundRobin::ByPlace::position(ServerId server) const {
  return (*slots)[server].position;
}

bool RoundRobin::ByStart::before(const Line* a, const Line* b) const {
  const std::int64_t start_a = (*slots)[a->running.top()].place;
  const std::int64_t start_b = (*slots)[b->running.top()].place;
  return start_a * b->weight < start_b * a->weight;
}

bool RoundRobin::ByDeadline::before(const Line* a, const Line* b) const {
  const ServerId head_a = a->running.top();
  const ServerId head_b = b->running.top();
  const std::int64_t due_a = ((*slots)[head_a].place + kTurn) * b->weight;
  const std::int64_t due_b = ((*slots)[head_b].place + kTurn) * a->weight;
  return due_a != due_b ? due_a < due_b : head_a < head_b;
}

void RoundRobin::set(ServerId server, Weight weight, bool usable) {
  assert(weight <= kMaxWeight);
  if (server >= slots_.size()) slots_.resize(server + 1);
  Slot& slot = slots_[server];
  if (slot.weight == weight && slot.usable == usable) return;

  if (slot.runs()) leave(server);
  if (slot.weight != weight) reweigh(slot, weight);
  // Whoever comes back was out of the race: it is owed nothing, but a turn taken in advance stays
  // taken.
  if (usable && !slot.usable) slot.place = std::max(slot.place, ideal_place(weight));
  slot.usable = usable;
  if (slot.runs()) join(server);
}

void RoundRobin::taken(ServerId /*server*/) {}

void RoundRobin::released(ServerId /*server*/) {}

void RoundRobin::full(ServerId server) {
  Slot& slot = slots_[server];
  if (slot.runs()) leave(server);
  slot.full = true;
}

void RoundRobin::free(ServerId server) {
  Slot& slot = slots_[server];
  if (!slot.full) return;
  slot.full = false;
  if (slot.runs()) join(server);
}

std::optional<ServerId> RoundRobin::pick(Key /*key*/, Tick /*now*/) {
  if (running_ == 0) return std::nullopt;
  while (!waiting_.empty() && may_start(*waiting_.top())) {
    Line* line = waiting_.top();
    waiting_.erase(line);
    line->ready = true;
    ready_.push(line);
  }
  // A server that came back has moved the common time back. Never empties the heap: somebody is
  // always at or behind the mean.
  while (!may_start(*ready_.top())) {
    Line& line = *ready_.top();
    detach(line);
    attach(line);
  }

  Line& line = *ready_.top();
  const ServerId chosen = line.running.top();
  detach(line);
  slots_[chosen].place += kTurn;
  sum_ += kTurn;
  line.running.restore(chosen);
  attach(line);
  if (sum_ >= kHorizon * weight_) move_back();
  return chosen;
}

// Whoever was away is owed one turn at most, however long it was; a turn taken in advance stays
// taken.
void RoundRobin::join(ServerId server) {
  Slot& slot = slots_[server];
  slot.place = std::max(slot.place, ideal_place(slot.weight) - kTurn);
  if (running_++ == 0) {
    sum_ = slot.place;
    weight_ = slot.weight;
  } else {
    sum_ += slot.place;
    weight_ += slot.weight;
  }
  detach(*slot.line);
  slot.line->running.push(server);
  attach(*slot.line);
}

void RoundRobin::leave(ServerId server) {
  const Slot& slot = slots_[server];
  if (--running_ > 0) {
    sum_ -= slot.place;
    weight_ -= slot.weight;
  }
  detach(*slot.line);
  slot.line->running.erase(server);
  attach(*slot.line);
}

void RoundRobin::attach(Line& line) {
  if (line.running.empty()) return;
  line.ready = false;
  waiting_.push(&line);
}

void RoundRobin::detach(Line& line) {
  if (line.running.empty()) return;
  if (line.ready) {
    ready_.erase(&line);
  } else {
    waiting_.erase(&line);
  }
}

// Requires that the server does not run. What it is owed or has had in advance goes with it, in
// turns.
void RoundRobin::reweigh(Slot& slot, Weight weight) {
  const std::int64_t ahead = std::clamp(slot.place - ideal_place(slot.weight), -kTurn, kTurn);
  quit_line(slot.line);
  slot.line = enter_line(weight);
  slot.weight = weight;
  slot.place = ideal_place(weight) + ahead;
}

RoundRobin::Line* RoundRobin::enter_line(Weight weight) {
  if (weight == 0) return nullptr;
  Line& line = lines_.try_emplace(weight, weight, ByPlace{&slots_}).first->second;
  line.running.reserve(++line.members);
  waiting_.reserve(lines_.size());
  ready_.reserve(lines_.size());
  return &line;
}

void RoundRobin::quit_line(Line* line) {
  if (line != nullptr && --line->members == 0) lines_.erase(static_cast<Weight>(line->weight));
}

// The same time less for everybody, so no order changes. One such round comes after 256 picks for
// each unit of weight.
void RoundRobin::move_back() {
  const std::int64_t time = sum_ / weight_;
  sum_ -= time * weight_;
  for (Slot& slot : slots_) {
    slot.place -= time * slot.weight;
    slot.place = std::max(slot.place, -kHorizon * slot.weight - kTurn);  // whoever is away for long
  }
}

// After the coming pick, is the head's share greater than the turns it has had?
bool RoundRobin::may_start(const Line& line) const {
  return slots_[line.running.top()].place * weight_ < (sum_ + kTurn) * line.weight;
}

std::int64_t RoundRobin::ideal_place(std::int64_t weight) const {
  return floor_divide(sum_ * weight, weight_);
}

}  // namespace balancer
