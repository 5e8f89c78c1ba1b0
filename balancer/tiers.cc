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
  if (!backup) return true;
  if (actives_ > 0 || backups_.empty()) return false;
  return all_backups_ || *backups_.begin() == server;
}

std::vector<ServerId> Tiers::stand_ins() const {
  if (actives_ > 0 || backups_.empty()) return {};
  if (all_backups_) return {backups_.begin(), backups_.end()};
  return {*backups_.begin()};
}

bool Tiers::empty() const { return actives_ == 0 && backups_.empty(); }

}  // namespace balancer
