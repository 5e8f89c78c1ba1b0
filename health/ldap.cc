#include "health/ldap.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace health {
namespace {

using conf::CheckStatus;
using std::string_view_literals::operator""sv;

constexpr char kSequence = 0x30;
constexpr char kBindResponse = 0x61;
constexpr std::string_view kMessageOne = "\x02\x01\x01"sv;  // INTEGER 1
constexpr std::string_view kEnumerated = "\x0a\x01"sv;      // of one byte

// Walks through the head of an answer. `kShort`: all is well as far as it goes.
class Reader {
 public:
  enum class Found : std::uint8_t { kYes, kNo, kShort };

  explicit Reader(std::string_view input) : rest_(input) {}

  Found skip(std::string_view expected) {
    const std::size_t size = std::min(expected.size(), rest_.size());
    if (rest_.substr(0, size) != expected.substr(0, size)) return Found::kNo;
    if (size < expected.size()) return Found::kShort;
    rest_.remove_prefix(size);
    return Found::kYes;
  }

  // A tag and a length, of one byte or of up to four more (X.690, 8.1.3). A length that is never
  // read whole is none.
  Found open(char tag) {
    const Found found = skip({&tag, 1});
    if (found != Found::kYes) return found;
    if (rest_.empty()) return Found::kShort;
    std::size_t length = static_cast<unsigned char>(rest_[0]);
    std::size_t size = 1;
    if (length >= 0x80) {
      const std::size_t more = length - 0x80;
      if (more == 0 || more > 4) return Found::kNo;
      if (rest_.size() <= more) return Found::kShort;
      length = 0;
      for (; size <= more; ++size) length = length << 8 | static_cast<unsigned char>(rest_[size]);
    }
    rest_.remove_prefix(size);
    return length > kMostInput ? Found::kNo : Found::kYes;
  }

  [[nodiscard]] std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

class BindResponse final : public Judge {
 public:
  [[nodiscard]] std::optional<Verdict> judge(std::string_view input, bool /*last*/) const override {
    using Found = Reader::Found;
    Reader reader(input);
    Found found = reader.open(kSequence);
    if (found == Found::kYes) found = reader.skip(kMessageOne);
    if (found == Found::kYes) found = reader.open(kBindResponse);
    if (found == Found::kYes) found = reader.skip(kEnumerated);
    if (found == Found::kNo)
      return Verdict{.status = CheckStatus::kL7Invalid, .info = "Not LDAPv3 protocol"};
    if (found == Found::kShort || reader.rest().empty()) return std::nullopt;
    const std::uint32_t result = static_cast<unsigned char>(reader.rest()[0]);
    if (result == 0) return Verdict{.status = CheckStatus::kL7Ok, .info = "Success"};
    return Verdict{.status = CheckStatus::kL7Wrong,
                   .code = result,
                   .info = "See RFC: http://tools.ietf.org/html/rfc4511#section-4.1.9"};
  }
};

}  // namespace

void add_ldap(Plan& plan) {
  // Message 1, a BindRequest: version 3, no name, simple authentication with no password.
  constexpr auto kBind = "\x30\x0c\x02\x01\x01\x60\x07\x02\x01\x03\x04\x00\x80\x00"sv;
  plan.steps.emplace_back(Send{.bytes = std::string(kBind)});
  plan.steps.emplace_back(Expect{.judge = std::make_unique<BindResponse>()});
}

}  // namespace health
