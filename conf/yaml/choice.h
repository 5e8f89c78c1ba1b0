#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "conf/nearest.h"
#include "conf/value.h"
#include "conf/yaml/cursor.h"

namespace conf::yaml {

// The words of a key that takes one of a few, each with what it means.
template <typename T, std::size_t kSize>
using Choices = std::array<std::pair<std::string_view, T>, kSize>;

// "tcplog or json"
[[nodiscard]] std::string one_of(const std::vector<std::string_view>& words);

template <typename T, std::size_t kSize>
[[nodiscard]] std::string words_of(const Choices<T, kSize>& choices) {
  std::vector<std::string_view> words;
  for (const auto& choice : choices) words.push_back(choice.first);
  return one_of(words);
}

template <typename T, std::size_t kSize>
[[nodiscard]] std::optional<T> find_choice(const Choices<T, kSize>& choices,
                                           std::string_view word) {
  const auto* const found =
      std::ranges::find(choices, word, &std::pair<std::string_view, T>::first);
  return found != choices.end() ? std::optional<T>(found->second) : std::nullopt;
}

template <typename T, std::size_t kSize>
[[nodiscard]] std::string_view word_of(const Choices<T, kSize>& choices, T meaning) {
  return std::ranges::find(choices, meaning, &std::pair<std::string_view, T>::second)->first;
}

// Leaf of a row: the choice that the file has made, or a mistake that names them all.
template <const auto& kChoices>
[[nodiscard]] auto choice_at(const Cursor& at) {
  const std::string words = words_of(kChoices);
  const auto text = at.text(words);
  auto choice = text ? find_choice(kChoices, *text) : std::nullopt;
  if (text && !choice) {
    std::vector<std::string_view> known;
    for (const auto& one : kChoices) known.push_back(one.first);
    const std::string_view meant = nearest(*text, known);
    at.mistake(fmt::format("must be {}, is {}{}", words, quoted(*text),
                           meant.empty() ? "" : fmt::format(": did you mean {}?", quoted(meant))));
  }
  return choice;
}

}  // namespace conf::yaml
