#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "health/agent.h"
#include "health/judge.h"
#include "health/printable.h"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

bool says_nothing(const health::AgentReport& report) {
  return !report.percent && !report.weight && !report.maxconn && !report.admin && !report.health;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto report = health::read_agent(input, true);
  require(report.has_value());
  const auto early = health::read_agent(input, false);
  if (!early) require(says_nothing(*report) && size < health::kMostInput);
  if (early) require(early->verdict == report->verdict);
  require(report->verdict.info.size() <= health::kLongestInfo);
  require(health::printable(report->verdict.info) == report->verdict.info);
  require(!report->percent || !report->weight);
  require(report->percent.value_or(0) <= health::kMostPercent);
  require(report->weight.value_or(0) <= 256);
  using conf::CheckStatus;
  const CheckStatus status = report->verdict.status;
  require(report->health.has_value() ==
          (status == CheckStatus::kL7Ok || status == CheckStatus::kL7Wrong));
  if (status != CheckStatus::kChecked && !report->health) require(says_nothing(*report));
  return 0;
}
