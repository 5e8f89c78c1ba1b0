#include "balancer/session_age.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdint>
#include <vector>

using balancer::Grade;
using balancer::SessionAge;
using balancer::Tick;

namespace {

constexpr Tick kHour = 3'600'000;

}  // namespace

TEST_CASE("sessions that came together reach their age evenly over the jitter", "[balancer]") {
  const SessionAge age(6 * kHour, 10);
  std::vector<int> tenths(10);

  for (std::uint64_t session = 0; session < 10'000; ++session) {
    const Tick begins = age.begins(session);
    REQUIRE(begins >= 6 * kHour);
    REQUIRE(begins <= 6 * kHour + kHour * 6 / 10);
    ++tenths[std::min<std::size_t>((begins - 6 * kHour) * 10 / (kHour * 6 / 10), 9)];
  }

  for (const int tenth : tenths) CHECK(std::abs(tenth - 1'000) < 150);
  CHECK(age.begins(17) == age.begins(17));
}

TEST_CASE("without jitter a session's age is the limit itself", "[balancer]") {
  const SessionAge age(kHour, 0);

  CHECK(age.begins(1) == kHour);
  CHECK(age.begins(2) == kHour);
}

TEST_CASE("a moment is waited for for a tenth of the limit, or as long as the jitter",
          "[balancer]") {
  CHECK(SessionAge(kHour, 0).window() == kHour / 10);
  CHECK(SessionAge(kHour, 10).window() == kHour / 10);
  CHECK(SessionAge(kHour, 50).window() == kHour / 2);
  CHECK(SessionAge(1, 0).window() == 1);
}

TEST_CASE("the longer a session is over its age, the worse a moment will do", "[balancer]") {
  const SessionAge age(10'000, 10);

  CHECK(age.worst(0) == Grade::kQuiet);
  CHECK(age.worst(249) == Grade::kQuiet);
  CHECK(age.worst(250) == Grade::kAnswered);
  CHECK(age.worst(499) == Grade::kAnswered);
  CHECK(age.worst(500) == Grade::kStill);
  CHECK(age.worst(999) == Grade::kStill);
  CHECK(age.worst(1'000) == Grade::kBusy);
  CHECK(age.worst(99'000) == Grade::kBusy);
}

TEST_CASE("a short window asks for less quiet and looks more often", "[balancer]") {
  CHECK(SessionAge(1'000, 10).quiet_time(250) == 12);
  CHECK(SessionAge(kHour, 10).quiet_time(250) == 250);
  CHECK(SessionAge(1'000, 10).step() == 20);
  CHECK(SessionAge(100'000, 10).step() == 39);
  CHECK(SessionAge(6 * kHour, 10).step() == 1'000);
}
