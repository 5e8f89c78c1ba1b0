#include "balancer/newcomers.h"

#include <algorithm>

namespace balancer {

void Newcomers::set(ServerId server, Weight weight) {
  Weight& old = known(server);
  weight_ += weight;
  weight_ -= old;
  old = weight;
  order_.set(server, weight, weight > 0);
  if (weight_ == 0) credit_ = 0;
}

std::optional<ServerId> Newcomers::turn(std::uint64_t total, Tick now) {
  if (weight_ == 0) return std::nullopt;
  credit_ += weight_;
  if (credit_ < total) return std::nullopt;
  // The turn is spent also when they are full and nobody can be given to them: nothing is owed for
  // it. What is kept is less than a turn, or one where `total` has fallen.
  credit_ = std::min(credit_ - total, total);
  return order_.pick({}, now);
}

Weight& Newcomers::known(ServerId server) {
  if (server >= weights_.size()) weights_.resize(server + 1);
  return weights_[server];
}

}  // namespace balancer
