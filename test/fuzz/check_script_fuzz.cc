#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "conf/regex.h"
#include "health/printable.h"
#include "test/support/check_server.h"

namespace {

using conf::CheckExpect;
using conf::CheckStatus;
using support::CheckServer;

void require(bool condition) {
  if (!condition) std::abort();
}

// Takes what a test needs off the input. At its end all is zero and empty.
class Bytes {
 public:
  Bytes(const std::uint8_t* data, std::size_t size)
      : rest_(reinterpret_cast<const char*>(data), size) {}

  unsigned byte() {
    const std::string taken = text(1);
    return taken.empty() ? 0 : static_cast<unsigned char>(taken.front());
  }
  std::string text(std::size_t most) {
    std::string taken(rest_.substr(0, most));
    rest_.remove_prefix(taken.size());
    return taken;
  }
  bool empty() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

CheckExpect expect_from(Bytes& bytes) {
  static constexpr CheckStatus kOk[] = {CheckStatus::kL7Ok, CheckStatus::kL7Conditional};
  const unsigned flags = bytes.byte();
  CheckExpect expect{.match = CheckExpect::Match{static_cast<std::uint8_t>(flags % 4U)},
                     .negated = (flags & 4U) != 0,
                     .pattern = bytes.text(bytes.byte() % 32U)};
  if ((flags & 8U) != 0) expect.min_recv = bytes.byte();
  if ((flags & 16U) != 0) expect.comment = bytes.text(bytes.byte() % 200U);
  if ((flags & 32U) != 0) expect.error_status = CheckStatus::kL7Conditional;
  expect.ok_status = kOk[flags >> 7U];
  if (!conf::Regex::compile(expect.pattern)) expect.match = CheckExpect::Match::kString;
  return expect;
}

}  // namespace

// A script and the answers to it, made of the input.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Bytes bytes(data, size);
  conf::CheckDialog dialog{.kind = conf::CheckKind::kScript};
  CheckServer server{.end = CheckServer::End{static_cast<std::uint8_t>(bytes.byte() % 3U)},
                     .piece = 1 + bytes.byte() % 16U};
  const unsigned steps = bytes.byte() % 8U;
  for (unsigned i = 0; i < steps; ++i) {
    switch (bytes.byte() % 4U) {
      case 0:
        dialog.steps.emplace_back(conf::CheckConnect{.comment = bytes.text(3)});
        break;
      case 1:
        dialog.steps.emplace_back(conf::CheckSend{.bytes = bytes.text(3)});
        break;
      default:
        dialog.steps.emplace_back(expect_from(bytes));
    }
  }
  while (!bytes.empty()) server.answers.push_back(bytes.text(1 + bytes.byte()));

  const health::Plan plan = health::make_plan(dialog);
  const health::Verdict verdict = play(plan, server);
  require(verdict.status != CheckStatus::kUnknown);
  require(verdict.info.size() <= health::kLongestInfo);
  require(std::ranges::all_of(verdict.info, [](char c) { return c >= ' ' && c <= '~'; }));
  require(verdict == play(plan, server));
  return 0;
}
