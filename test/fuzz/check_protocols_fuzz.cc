#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <variant>

#include "health/dialog.h"
#include "health/printable.h"

namespace {

using health::Dialog;
using health::Verdict;

void require(bool condition) {
  if (!condition) std::abort();
}

const std::array<health::Plan, 7>& plans() {
  using Kind = conf::CheckKind;
  static const std::array<health::Plan, 7> made = {
      health::make_plan({.kind = Kind::kRedis}),
      health::make_plan({.kind = Kind::kMysql}),
      health::make_plan({.kind = Kind::kMysql, .user = "bob"}),
      health::make_plan({.kind = Kind::kPostgres, .user = "bob"}),
      health::make_plan({.kind = Kind::kSmtp}),
      health::make_plan({.kind = Kind::kLdap}),
      health::make_plan({.kind = Kind::kMqtt}),
  };
  return made;
}

// The verdict on a server that says nothing but `input`, in pieces of `piece` bytes, of which one
// answer gets what is left by the one before.
Verdict run(const health::Plan& plan, std::string_view input, std::size_t piece) {
  Dialog dialog(plan);
  Dialog::Act act = dialog.begin();
  while (!std::holds_alternative<Verdict>(act)) {
    if (std::holds_alternative<const health::Connect*>(act)) {
      act = dialog.connected();
    } else if (std::holds_alternative<const health::Send*>(act)) {
      act = dialog.sent();
    } else if (input.empty()) {
      act = dialog.ended();
    } else {
      const std::size_t size = std::min(piece, input.size());
      act = dialog.received(input.substr(0, size));
      input.remove_prefix(size);
    }
  }
  return std::get<Verdict>(act);
}

}  // namespace

// The first byte chooses the protocol, the second one the size of the pieces.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const auto& plan = plans()[data[0] % plans().size()];
  const std::string_view input(reinterpret_cast<const char*>(data) + 2, size - 2);
  const bool one_answer = std::ranges::count_if(plan.steps, [](const health::Step& step) {
                            return std::holds_alternative<health::Expect>(step);
                          }) == 1;
  const Verdict verdict = run(plan, input, std::size_t{1} + data[1]);
  require(verdict.status != conf::CheckStatus::kUnknown);
  require(verdict.info.size() <= health::kLongestInfo);
  require(health::printable(verdict.info) == verdict.info);
  // However it is cut; but what comes behind an answer counts only where a further one is awaited.
  if (one_answer) require(run(plan, input, size) == verdict);
  return 0;
}
