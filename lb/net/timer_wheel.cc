#include "lb/net/timer_wheel.h"

#include <algorithm>
#include <bit>

namespace lb::net {

void Timed::unlink() {
  if (next_ == nullptr) return;
  previous_->next_ = next_;
  next_->previous_ = previous_;
  previous_ = next_ = nullptr;
}

TimerWheel::TimerWheel(std::uint64_t now) : current_(now / kSlot) {
  for (Ring& ring : rings_)
    for (Head& head : ring.slots) head.previous_ = head.next_ = &head;
}

void TimerWheel::append(Head& head, Timed& timed) {
  timed.previous_ = head.previous_;
  timed.next_ = &head;
  head.previous_->next_ = &timed;
  head.previous_ = &timed;
}

void TimerWheel::schedule(Timed& timed, std::uint64_t due) {
  timed.unlink();
  timed.due_ = std::max((due + kSlot - 1) / kSlot, current_ + 1);
  place(timed);
}

// An entry stands in the ring of the highest digit in which its slot differs from the current one;
// so every entry of a ring lies ahead, and a ring never wraps around.
void TimerWheel::place(Timed& timed) {
  const std::uint64_t differs = timed.due_ ^ current_;
  const unsigned digit =
      differs == 0 ? 0 : (63U - static_cast<unsigned>(std::countl_zero(differs))) / kBits;
  const unsigned ring = std::min(digit, kRings - 1);
  const auto slot = static_cast<unsigned>(timed.due_ >> (ring * kBits)) % kSlots;
  append(rings_[ring].slots[slot], timed);
  rings_[ring].occupied |= std::uint64_t{1} << slot;
  const std::uint64_t first = timed.due_ >> (ring * kBits) << (ring * kBits);
  if (first < stop_.slot) stop_ = {.ring = ring, .slot = first};
}

TimerWheel::Stop TimerWheel::find_stop() const {
  for (unsigned ring = 0; ring < kRings; ++ring) {
    const unsigned shift = ring * kBits;
    const auto here = static_cast<unsigned>(current_ >> shift) % kSlots;
    const std::uint64_t ahead = rings_[ring].occupied & (~std::uint64_t{1} << here);
    if (ahead == 0) continue;
    const auto slot = static_cast<unsigned>(std::countr_zero(ahead));
    const std::uint64_t above = current_ >> (shift + kBits) << (shift + kBits);
    return {.ring = ring, .slot = above | (std::uint64_t{slot} << shift)};
  }
  return {};
}

std::size_t TimerWheel::scheduled() const {
  std::size_t count = 0;
  for (const Ring& ring : rings_)
    for (const Head& head : ring.slots)
      for (const Timed* timed = head.next_; timed != &head; timed = timed->next_) ++count;
  return count;
}

void TimerWheel::empty_into(Head& from, Head& to) {
  to.previous_ = to.next_ = &to;
  if (from.next_ == &from) return;
  to.next_ = from.next_;
  to.previous_ = from.previous_;
  to.next_->previous_ = to.previous_->next_ = &to;
  from.previous_ = from.next_ = &from;
}

void TimerWheel::advance(std::uint64_t now) {
  const std::uint64_t target = now / kSlot;
  while (stop_.slot <= target) {
    current_ = stop_.slot;
    const auto index = static_cast<unsigned>(current_ >> (stop_.ring * kBits)) % kSlots;
    Ring& ring = rings_[stop_.ring];
    ring.occupied &= ~(std::uint64_t{1} << index);
    stop_ = find_stop();
    Head due;  // apart from the slot, so that what is scheduled meanwhile waits for the next round
    empty_into(ring.slots[index], due);
    while (due.next_ != &due) {
      Timed& timed = *due.next_;
      timed.unlink();
      if (timed.due_ <= current_) {
        timed.on_due();
      } else {
        place(timed);
      }
    }
  }
  current_ = std::max(current_, target);
}

}  // namespace lb::net
