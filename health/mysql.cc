#include "health/mysql.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "health/printable.h"

namespace health {
namespace {

using conf::CheckStatus;

// Three bytes of length, the low one first, and a sequence number.
constexpr std::size_t kHeader = 4;

std::uint32_t byte_at(std::string_view bytes, std::size_t at) {
  return static_cast<unsigned char>(bytes[at]);
}

// "10.11.6-MariaDB" of a greeting, which begins with the version of the protocol: 10, or 9 before
// MySQL 3.21. nullopt: it is no greeting.
std::optional<std::string_view> version_in(std::string_view greeting) {
  if (greeting.empty() || (greeting[0] != 10 && greeting[0] != 9)) return std::nullopt;
  const auto end = greeting.find('\0', 1);
  if (end == std::string_view::npos) return std::nullopt;
  return greeting.substr(1, end - 1);
}

// 0xff, two bytes of a number, and a sentence, with the five letters of an SQL state before it in
// newer servers.
Verdict refusal(std::string_view error) {
  if (error.size() < 3) return {.status = CheckStatus::kL7Wrong};
  return {.status = CheckStatus::kL7Wrong,
          .code = byte_at(error, 1) | byte_at(error, 2) << 8,
          .info = printable(error.substr(3))};
}

// The greeting, and with `signs_in` the packet that follows it.
class Welcome final : public Judge {
 public:
  explicit Welcome(bool signs_in) : signs_in_(signs_in) {}

  [[nodiscard]] std::optional<Verdict> judge(std::string_view input, bool /*last*/) const override {
    std::string_view version;
    for (int packet = 0; packet < (signs_in_ ? 2 : 1); ++packet) {
      if (input.size() < kHeader) return std::nullopt;
      const std::size_t length =
          byte_at(input, 0) | byte_at(input, 1) << 8 | byte_at(input, 2) << 16;
      // A length that is never read whole is not waited for.
      if (length > kMostInput - kHeader) return no_mysql();
      if (input.size() - kHeader < length) return std::nullopt;
      const std::string_view payload = input.substr(kHeader, length);
      if (payload.starts_with('\xff')) return refusal(payload);
      if (packet == 0) {
        const auto told = version_in(payload);
        if (!told) return no_mysql();
        version = *told;
      }
      input.remove_prefix(kHeader + length);
    }
    return Verdict{.status = CheckStatus::kL7Ok, .info = printable(version)};
  }

 private:
  static Verdict no_mysql() {
    return {.status = CheckStatus::kL7Invalid, .info = "Not MySQL protocol"};
  }

  bool signs_in_;
};

void append_le(std::string& bytes, std::uint32_t number, int size) {
  for (; size > 0; --size, number >>= 8) bytes += static_cast<char>(number & 0xff);
}

// The bytes are HAProxy's.
std::string sign_in(std::string_view user, bool pre_41) {
  constexpr std::uint32_t kProtocol41 = 0x200;
  constexpr std::uint32_t kSecureConnection = 0x8000;
  std::string response;
  if (pre_41) {
    append_le(response, kSecureConnection, 2);
    append_le(response, 0x10000, 3);  // the longest packet that it would take
  } else {
    append_le(response, kProtocol41 | kSecureConnection, 4);
    append_le(response, 0x1008000, 4);
    response += '\x21';         // utf8_general_ci
    response.append(23, '\0');  // reserved
  }
  response += user;
  response.append(2, '\0');  // the end of the name, and a password without length
  return response;
}

}  // namespace

void add_mysql(Plan& plan, std::string_view user, bool pre_41) {
  if (!user.empty()) {
    const std::string response = sign_in(user, pre_41);
    std::string bytes;
    append_le(bytes, static_cast<std::uint32_t>(response.size()), 3);
    bytes += '\1';  // the greeting is number 0
    bytes += response;
    bytes += std::string_view("\1\0\0\0\1", 5);  // COM_QUIT
    plan.steps.emplace_back(Send{.bytes = bytes});
  }
  plan.steps.emplace_back(Expect{.judge = std::make_unique<Welcome>(!user.empty())});
}

}  // namespace health
