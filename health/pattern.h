#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "conf/check.h"
#include "conf/regex.h"

namespace health {

// Bytes in upper-case hexadecimal.
[[nodiscard]] std::string hexadecimal(std::string_view bytes);

// What an expectation looks for in an answer. Const; any thread.
class Pattern {
 public:
  // `expect.pattern` compiles, where it is a regular expression.
  explicit Pattern(const conf::CheckExpect& expect);

  // kTooCostly is neither: an answer made to keep a regular expression busy.
  [[nodiscard]] conf::Regex::Found find_in(std::string_view input) const;

  // Fewer bytes cannot hold it.
  [[nodiscard]] std::size_t least() const { return regex_ ? 0 : bytes_.size(); }

  // See Judge::costly().
  [[nodiscard]] bool costly() const { return regex_.has_value(); }

 private:
  std::optional<conf::Regex> regex_;
  bool hexadecimal_;   // the regular expression is over hexadecimal
  std::string bytes_;  // without one
};

}  // namespace health
