#include "health/postgres.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "health/printable.h"

namespace health {
namespace {

using conf::CheckStatus;
using std::string_view_literals::operator""sv;

// A letter, and the length of what follows the letter, four bytes with the high one first.
constexpr std::size_t kHeader = 5;

std::uint32_t number_at(std::string_view bytes, std::size_t at) {
  std::uint32_t number = 0;
  for (const char byte : bytes.substr(at, 4))
    number = number << 8 | static_cast<unsigned char>(byte);
  return number;
}

// The text of one field of an error: a letter each, a text, and a zero.
std::string_view field(std::string_view fields, char letter) {
  while (!fields.empty() && fields[0] != '\0') {
    const std::size_t end = fields.find('\0');
    const std::string_view text = fields.substr(1, end == fields.npos ? end : end - 1);
    if (fields[0] == letter) return text;
    if (end == fields.npos) break;
    fields.remove_prefix(end + 1);
  }
  return {};
}

Verdict refusal(std::string_view fields) {
  std::string info(field(fields, 'S'));
  if (const auto message = field(fields, 'M'); !message.empty()) info.append(": ").append(message);
  return {.status = CheckStatus::kL7Invalid, .info = printable(info)};
}

Verdict unknown() { return {.status = CheckStatus::kL7Wrong, .info = "PostgreSQL unknown error"}; }

class Authentication final : public Judge {
 public:
  [[nodiscard]] std::optional<Verdict> judge(std::string_view input, bool last) const override {
    if (input.empty()) return std::nullopt;
    if (input[0] == 'E') return error(input, last);
    if (input[0] != 'R') return unknown();
    if (input.size() < kHeader + 4) return last ? std::optional(unknown()) : std::nullopt;
    constexpr std::uint32_t kLastKind = 12;  // the end of SASL
    const std::uint32_t length = number_at(input, 1);
    const bool sound = length >= 8 && length < kMostInput && number_at(input, kHeader) <= kLastKind;
    if (!sound) return unknown();
    return Verdict{.status = CheckStatus::kL7Ok, .info = "PostgreSQL server is ok"};
  }

 private:
  // Servers before 7.4, and those that cannot even fork, answer with a bare sentence, which makes
  // an absurd length.
  static std::optional<Verdict> error(std::string_view input, bool last) {
    if (input.size() < kHeader) return last ? std::optional(refusal({})) : std::nullopt;
    const std::size_t length = number_at(input, 1);
    if (length < 4 || length >= kMostInput) {
      const auto end = input.find_first_of("\n\0"sv, 1);
      if (end == std::string_view::npos && !last) return std::nullopt;
      return Verdict{.status = CheckStatus::kL7Invalid,
                     .info = printable(input.substr(1, end - 1))};
    }
    if (input.size() <= length && !last) return std::nullopt;
    return refusal(input.substr(kHeader, length - 4));
  }
};

}  // namespace

void add_postgres(Plan& plan, std::string_view user) {
  std::string message("\0\3\0\0user\0"sv);
  message.append(user).append(2, '\0');
  const std::size_t length = message.size() + 4;
  std::string bytes;
  for (const int shift : {24, 16, 8, 0}) bytes += static_cast<char>(length >> shift & 0xff);
  plan.steps.emplace_back(Send{.bytes = bytes + message});
  plan.steps.emplace_back(Expect{.judge = std::make_unique<Authentication>()});
}

}  // namespace health
