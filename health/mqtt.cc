#include "health/mqtt.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <string>

namespace health {
namespace {

using conf::CheckStatus;
using std::string_view_literals::operator""sv;

constexpr std::array kReturnCodes = {
    "connection accepted"sv, "unacceptable protocol version"sv, "identifier rejected"sv,
    "server unavailable"sv,  "bad user name or password"sv,     "not authorized"sv};

class ConnAck final : public Judge {
 public:
  [[nodiscard]] std::optional<Verdict> judge(std::string_view input, bool /*last*/) const override {
    constexpr auto kHead = "\x20\x02\x00"sv;  // CONNACK, of two bytes; no session was kept
    const std::size_t size = std::min(kHead.size(), input.size());
    if (input.substr(0, size) != kHead.substr(0, size)) return no_mqtt();
    if (input.size() <= kHead.size()) return std::nullopt;
    const std::size_t code = static_cast<unsigned char>(input[kHead.size()]);
    if (code >= kReturnCodes.size()) return no_mqtt();
    return Verdict{.status = code == 0 ? CheckStatus::kL7Ok : CheckStatus::kL7Wrong,
                   .code = static_cast<std::uint32_t>(code),
                   .info = std::string(kReturnCodes[code])};
  }

 private:
  static Verdict no_mqtt() {
    return {.status = CheckStatus::kL7Invalid, .info = "Not MQTT 3.1.1 protocol"};
  }
};

}  // namespace

void add_mqtt(Plan& plan) {
  // CONNECT of protocol level 4: clean session, no will, no user; 60 s to keep alive; no client id.
  constexpr auto kConnect = "\x10\x0c\x00\x04MQTT\x04\x02\x00\x3c\x00\x00"sv;
  constexpr auto kDisconnect = "\xe0\x00"sv;
  plan.steps.emplace_back(Send{.bytes = std::string(kConnect)});
  plan.steps.emplace_back(Expect{.judge = std::make_unique<ConnAck>()});
  plan.steps.emplace_back(Send{.bytes = std::string(kDisconnect)});
  plan.passed.info = kReturnCodes.front();
}

}  // namespace health
