#include "balancer/sticky_source.h"

#include <utility>

namespace balancer {

std::optional<ServerId> StickySource::visit(Key client, Tick now) {
  visits_ = client.size() == 4 || client.size() == 16;
  known_ = visits_ ? clients_.visit(client, now) : nullptr;
  return known_ != nullptr ? std::optional(*known_) : std::nullopt;
}

void StickySource::placed(Key client, ServerId server, Tick now) {
  if (!std::exchange(visits_, false)) return;
  if (known_ != nullptr) {
    *known_ = server;
  } else {
    clients_.add(client, server, now);
  }
}

}  // namespace balancer
