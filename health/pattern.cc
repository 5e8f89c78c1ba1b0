#include "health/pattern.h"

#include <array>
#include <cassert>
#include <utility>

namespace health {
namespace {

using Match = conf::CheckExpect::Match;

bool is_regex(Match match) {
  switch (match) {
    case Match::kRegex:
    case Match::kBinaryRegex:
    case Match::kStatusRegex:
    case Match::kBodyRegex:
      return true;
    case Match::kString:
    case Match::kBinary:
    case Match::kStatus:
    case Match::kBody:
      return false;
  }
  std::unreachable();
}

}  // namespace

std::string hexadecimal(std::string_view bytes) {
  static constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const char byte : bytes) {
    const auto value = static_cast<unsigned char>(byte);
    text += kDigits[value >> 4U];
    text += kDigits[value & 0xfU];
  }
  return text;
}

Pattern::Pattern(const conf::CheckExpect& expect)
    : hexadecimal_(expect.match == Match::kBinaryRegex) {
  if (!is_regex(expect.match)) {
    bytes_ = expect.pattern;
    return;
  }
  auto regex = conf::Regex::compile(expect.pattern);
  assert(regex.has_value());
  regex_ = *std::move(regex);
}

conf::Regex::Found Pattern::find_in(std::string_view input) const {
  if (regex_ && hexadecimal_) return regex_->find_in(hexadecimal(input));
  if (regex_) return regex_->find_in(input);
  return input.contains(bytes_) ? conf::Regex::Found::kYes : conf::Regex::Found::kNo;
}

}  // namespace health
