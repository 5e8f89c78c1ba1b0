#include "conf/algorithm.h"

#include <algorithm>

namespace conf {

std::string_view name_of(Algorithm algorithm) {
  return std::ranges::find(kAlgorithms, algorithm, &decltype(kAlgorithms)::value_type::second)
      ->first;
}

Algorithm placing(const Balance& balance) {
  return balance.by == Algorithm::kStickySource ? balance.first_visit : balance.by;
}

bool is_static(const Balance& balance) {
  switch (placing(balance)) {
    case Algorithm::kStaticRoundRobin:
      return true;
    case Algorithm::kSource:
    case Algorithm::kHash:
      return balance.hash_type == HashType::kMapBased;
    case Algorithm::kFirst:
    case Algorithm::kRoundRobin:
    case Algorithm::kLeastConnections:
    case Algorithm::kRandom:
    case Algorithm::kMaglev:
    case Algorithm::kPeakEwma:
    case Algorithm::kStickySource:
      break;
  }
  return false;
}

bool grades_weights(const Balance& balance) {
  return !is_static(balance) && placing(balance) != Algorithm::kFirst;
}

}  // namespace conf
