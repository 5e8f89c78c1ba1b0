#include "health/tls_hello.h"

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

namespace health {
namespace {

using conf::CheckStatus;

constexpr std::size_t kRecordHeader = 5;  // type, version, length
constexpr unsigned kAlert = 21;
constexpr unsigned kHandshake = 22;
constexpr unsigned kServerHello = 2;
constexpr std::size_t kMostInRecord = 16'384;

void append_u16(std::string& bytes, std::size_t value) {
  bytes += static_cast<char>(value >> 8U);
  bytes += static_cast<char>(value & 0xffU);
}

std::string u16_list(std::initializer_list<std::uint16_t> values) {
  std::string bytes;
  for (const std::uint16_t value : values) append_u16(bytes, value);
  return bytes;
}

// With its length in front, in two bytes.
std::string sized(std::string_view content) {
  std::string bytes;
  append_u16(bytes, content.size());
  return bytes.append(content);
}

void append_extension(std::string& bytes, std::uint16_t type, std::string_view content) {
  append_u16(bytes, type);
  bytes += sized(content);
}

std::string extensions() {
  std::string bytes;
  append_extension(bytes, 10, sized(u16_list({0x001d, 0x0017, 0x0018})));  // x25519, P-256, P-384
  append_extension(bytes, 11, std::string_view("\x01\x00", 2));            // points uncompressed
  append_extension(bytes, 13,                                              // signatures
                   sized(u16_list({0x0403, 0x0503, 0x0603, 0x0807, 0x0804, 0x0805, 0x0806, 0x0401,
                                   0x0501, 0x0601, 0x0203, 0x0201})));
  append_extension(bytes, 23, {});  // extended master secret
  append_extension(bytes, 43, std::string_view("\x04\x03\x04\x03\x03", 5));  // TLS 1.3 and 1.2
  append_extension(bytes, 51, sized({}));                                    // no key yet
  append_extension(bytes, 0xff01, std::string_view("\x00", 1));  // renegotiation is safe
  return bytes;
}

// Nothing secret is agreed on, so the random numbers need not be any.
std::string client_hello() {
  static constexpr std::string_view kRandom = "a health check, which ends here.";
  static_assert(kRandom.size() == 32);
  std::string body = "\x03\x03";
  body += kRandom;
  body += '\x20';  // a session id, for boxes on the way that take 1.3 for a resumed 1.2
  body += kRandom;
  body += sized(u16_list({0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8,
                          0xc009, 0xc013, 0xc00a, 0xc014, 0x009c, 0x009d, 0x002f, 0x0035}));
  body += std::string_view("\x01\x00", 2);  // no compression
  body += sized(extensions());

  std::string handshake("\x01\x00", 2);  // ClientHello; the length has three bytes
  handshake += sized(body);
  return "\x16\x03\x01" + sized(handshake);
}

class TlsHello final : public Judge {
 public:
  [[nodiscard]] std::optional<Verdict> judge(std::string_view input, bool last) const override {
    const auto byte = [&](std::size_t at) {
      return static_cast<unsigned>(static_cast<unsigned char>(input[at]));
    };
    if (input.size() < kRecordHeader) return last ? invalid() : std::nullopt;
    const std::size_t length = (byte(3) << 8U) | byte(4);
    if (byte(1) != 3 || byte(2) > 4) return invalid();
    const bool alert = byte(0) == kAlert && length == 2;
    const bool handshake = byte(0) == kHandshake && length >= 4 && length <= kMostInRecord;
    if (!alert && !handshake) return invalid();
    if (input.size() == kRecordHeader) return last ? invalid() : std::nullopt;
    // A warning or a fatal alert; an echo of our own hello is none of a server's.
    const unsigned first = byte(kRecordHeader);
    const bool well = alert ? first == 1 || first == 2 : first == kServerHello;
    return well ? Verdict{.status = CheckStatus::kL6Ok} : invalid();
  }

  [[nodiscard]] CheckStatus timeout_status() const override { return CheckStatus::kL6Timeout; }
  [[nodiscard]] CheckStatus error_status() const override { return CheckStatus::kL6Invalid; }

 private:
  static std::optional<Verdict> invalid() {
    return Verdict{.status = CheckStatus::kL6Invalid, .info = "not a TLS response"};
  }
};

}  // namespace

Plan tls_hello_plan() {
  Plan plan;
  plan.steps.emplace_back(Connect{});
  plan.steps.emplace_back(Send{.bytes = client_hello()});
  plan.steps.emplace_back(Expect{.judge = std::make_unique<TlsHello>()});
  return plan;
}

}  // namespace health
