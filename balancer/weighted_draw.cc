#include "balancer/weighted_draw.h"

#include <bit>
#include <cassert>
#include <cstddef>

namespace balancer {

namespace {

std::size_t lowest_bit(std::size_t i) { return i & (~i + 1); }

}  // namespace

void WeightedDraw::set(ServerId server, Weight weight, bool usable) {
  assert(weight <= kMaxWeight);
  while (slots_.size() <= server) append();
  change(server, {.weight = weight, .usable = usable, .full = slots_[server].full});
}

void WeightedDraw::full(ServerId server) {
  Slot slot = slots_[server];
  slot.full = true;
  change(server, slot);
}

void WeightedDraw::free(ServerId server) {
  Slot slot = slots_[server];
  slot.full = false;
  change(server, slot);
}

std::optional<ServerId> WeightedDraw::draw() {
  if (total_ == 0) return std::nullopt;
  return at(random_.below(total_));
}

std::optional<ServerId> WeightedDraw::draw_other(ServerId than) {
  const std::uint64_t share = slots_[than].share();
  assert(share > 0);
  if (total_ == share) return std::nullopt;
  const std::uint64_t point = random_.below(total_ - share);
  return at(point < sum_before(than) ? point : point + share);
}

// A server without a share: its sum is what those that it covers have.
void WeightedDraw::append() {
  slots_.emplace_back();
  const std::size_t last = slots_.size();
  std::uint64_t sum = 0;
  for (std::size_t i = last - 1; i > last - lowest_bit(last); i -= lowest_bit(i)) sum += sums_[i];
  sums_.push_back(sum);
}

void WeightedDraw::change(ServerId server, Slot to) {
  // The difference may be negative: modulo 2^64 it comes out right.
  const std::uint64_t more = to.share() - slots_[server].share();
  slots_[server] = to;
  if (more == 0) return;
  total_ += more;
  for (std::size_t i = std::size_t{server} + 1; i < sums_.size(); i += lowest_bit(i)) {
    sums_[i] += more;
  }
}

std::uint64_t WeightedDraw::sum_before(ServerId server) const {
  std::uint64_t sum = 0;
  for (std::size_t i = server; i > 0; i -= lowest_bit(i)) sum += sums_[i];
  return sum;
}

// The server on whose stretch of the line the point lies.
ServerId WeightedDraw::at(std::uint64_t point) const {
  std::size_t passed = 0;
  for (std::size_t step = std::bit_floor(slots_.size()); step > 0; step /= 2) {
    const std::size_t next = passed + step;
    if (next > slots_.size() || sums_[next] > point) continue;
    point -= sums_[next];
    passed = next;
  }
  return static_cast<ServerId>(passed);
}

}  // namespace balancer
