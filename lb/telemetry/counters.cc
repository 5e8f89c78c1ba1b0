#include "lb/telemetry/counters.h"

#include <array>

namespace lb::telemetry {

void ServerCounters::add(const ServerCounters& other) {
  using C = ServerCounters;
  constexpr std::array kAll = {&C::chosen,           &C::connects,      &C::sessions,
                               &C::failed_connects,  &C::retries,       &C::redispatches,
                               &C::failed_responses, &C::client_aborts, &C::server_aborts,
                               &C::bytes_in,         &C::bytes_out};
  for (Counter C::* const counter : kAll) (this->*counter).add((other.*counter).value());
}

}  // namespace lb::telemetry
