#include "health/redis.h"

#include <memory>

#include "health/printable.h"

namespace health {
namespace {

using conf::CheckStatus;

class Pong final : public Judge {
 public:
  [[nodiscard]] std::optional<Verdict> judge(std::string_view input, bool last) const override {
    const auto end = input.find("\r\n");
    if (end == std::string_view::npos && !last) return std::nullopt;
    const std::string_view line = input.substr(0, end);
    if (end != std::string_view::npos && line == "+PONG")
      return Verdict{.status = CheckStatus::kL7Ok, .info = "Redis server is ok"};
    return Verdict{.status = CheckStatus::kL7Wrong, .info = printable(line)};
  }

  [[nodiscard]] CheckStatus error_status() const override { return CheckStatus::kL7Wrong; }
};

}  // namespace

void add_redis(Plan& plan) {
  plan.steps.emplace_back(Send{.bytes = "*1\r\n$4\r\nPING\r\n"});
  plan.steps.emplace_back(Expect{.judge = std::make_unique<Pong>()});
}

}  // namespace health
