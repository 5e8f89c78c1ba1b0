#include "balancer/tiers.h"

namespace balancer {

void Tiers::enter(ServerId server, bool backup) {
  if (backup) {
    backups_.insert(server);
  } else {
    ++actives_;
  }
}

void Tiers::quit(ServerId server, bool backup) {
  if (backup) {
    backups_.erase(server);
  } else {
    --actives_;
  }
}

bool Tiers::serves(ServerId server, bool backup) const {
  return backup ? stand_in() == server : true;
}

std::optional<ServerId> Tiers::stand_in() const {
  if (actives_ > 0 || backups_.empty()) return std::nullopt;
  return *backups_.begin();
}

bool Tiers::empty() const { return actives_ == 0 && backups_.empty(); }

}  // namespace balancer
