#include "lb/telemetry/snapshot.h"

#include <algorithm>
#include <array>

namespace lb::telemetry {
namespace {

constexpr std::array kAll = {&Totals::connections,
                             &Totals::sessions,
                             &Totals::bytes_in,
                             &Totals::bytes_out,
                             &Totals::denied_connections,
                             &Totals::denied_sessions,
                             &Totals::failed_connects,
                             &Totals::failed_responses,
                             &Totals::retries,
                             &Totals::redispatches,
                             &Totals::chosen,
                             &Totals::connects,
                             &Totals::client_aborts,
                             &Totals::server_aborts,
                             &Totals::failed_checks,
                             &Totals::downs};

}  // namespace

Totals& Totals::operator+=(const Totals& other) {
  for (auto one : kAll) this->*one += other.*one;
  return *this;
}

Totals& Totals::operator-=(const Totals& other) {
  for (auto one : kAll) this->*one -= std::min(this->*one, other.*one);
  return *this;
}

}  // namespace lb::telemetry
