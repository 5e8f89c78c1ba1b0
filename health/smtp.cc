#include "health/smtp.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>

#include "health/printable.h"

namespace health {
namespace {

using conf::CheckStatus;

bool digit(char c) { return c >= '0' && c <= '9'; }

// Three digits, then nothing, a blank, or a dash when another line follows.
bool reply_line(std::string_view line) {
  if (line.size() < 3 || !std::ranges::all_of(line.substr(0, 3), digit)) return false;
  return line.size() == 3 || line[3] == ' ' || line[3] == '-';
}

class Reply final : public Judge {
 public:
  explicit Reply(CheckStatus error_status) : error_status_(error_status) {}

  [[nodiscard]] std::optional<Verdict> judge(std::string_view input, bool /*last*/) const override {
    while (true) {
      const auto end = input.find('\n');
      if (end == std::string_view::npos) return std::nullopt;
      std::string_view line = input.substr(0, end);
      if (line.ends_with('\r')) line.remove_suffix(1);
      if (!reply_line(line))
        return Verdict{.status = CheckStatus::kL7Invalid, .info = printable(line)};
      if (line.size() == 3 || line[3] == ' ') return verdict(line);
      input.remove_prefix(end + 1);
    }
  }

  [[nodiscard]] CheckStatus error_status() const override { return error_status_; }

 private:
  static Verdict verdict(std::string_view line) {
    std::uint32_t code = 0;
    for (const char c : line.substr(0, 3)) code = code * 10 + static_cast<std::uint32_t>(c - '0');
    const bool well = code >= 200 && code < 300;
    return {.status = well ? CheckStatus::kL7Ok : CheckStatus::kL7Wrong,
            .code = code,
            .info = printable(line.size() > 4 ? line.substr(4) : std::string_view())};
  }

  CheckStatus error_status_;
};

void add_reply(Plan& plan, CheckStatus error_status) {
  plan.steps.emplace_back(Expect{.judge = std::make_unique<Reply>(error_status)});
}

}  // namespace

void add_smtp(Plan& plan, std::string_view hello) {
  add_reply(plan, CheckStatus::kL7Invalid);
  plan.steps.emplace_back(Send{.bytes = std::string(hello) + "\r\n"});
  add_reply(plan, CheckStatus::kL7Wrong);
  plan.steps.emplace_back(Send{.bytes = "QUIT\r\n"});
  add_reply(plan, CheckStatus::kL7Wrong);
}

}  // namespace health
