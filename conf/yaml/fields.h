#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "conf/value.h"
#include "conf/yaml/cursor.h"

namespace conf::yaml {

// A key as the reference lists it: its path and, where there is one, its default.
struct KnownKey {
  std::string path;
  std::string standard;
};

using ListKeys = void (*)(const std::string& prefix, std::vector<KnownKey>& keys);

// What stands in a table in place of a default.
inline constexpr std::string_view kNoDefault;  // takes a mapping, whose keys have defaults
inline constexpr std::string_view kRequired = "required";  // leaving it out is a mistake
inline constexpr std::string_view kUnset = "unset";        // leaving it out is a choice of its own
inline constexpr std::string_view kInherited = "inherited";  // from defaults or server_defaults

// A row of the table that knows every key of one mapping: how it is read into a T, and what
// reference and schema have to say of it.
template <typename T>
struct Field {
  std::string_view name;
  std::string_view standard;
  void (*read)(const Cursor& at, T& out);
  ListKeys below = nullptr;       // lists the keys of the mapping that it takes
  std::string_view example = {};  // required keys: what to write
};

// Names the keys of a mapping that is not what it should be, or the one that was meant.
[[nodiscard]] std::string mapping_of(const std::vector<std::string_view>& names);
[[nodiscard]] std::string unknown_key(std::string_view key,
                                      const std::vector<std::string_view>& names);

// Reads a mapping in the order of its table, so that a row may build on what those above it have
// read.
template <typename T, std::size_t kRows>
void read_fields(const Cursor& at, const Field<T> (&fields)[kRows], T& out) {
  std::vector<std::string_view> names;
  for (const auto& field : fields) names.push_back(field.name);
  const auto entries = at.entries(mapping_of(names));
  if (!entries) return;

  for (const auto& field : fields) {
    const auto found = std::ranges::find(*entries, field.name, &Cursor::Entry::key);
    if (found != entries->end()) {
      field.read(found->at, out);
    } else if (field.standard == kRequired) {
      at.mistake(fmt::format("has no {}: write {}", field.name, field.example));
    }
  }
  for (const auto& entry : *entries) {
    const bool known = std::ranges::find(names, entry.key) != names.end();
    if (!known) entry.at.mistake(unknown_key(entry.key, names));
  }
}

// The keys of a table, each with those below it.
template <const auto& kFields>
void list_fields(const std::string& prefix, std::vector<KnownKey>& keys) {
  for (const auto& field : kFields) {
    const std::string path =
        prefix.empty() ? std::string(field.name) : fmt::format("{}.{}", prefix, field.name);
    keys.push_back({path, std::string(field.standard)});
    if (field.below != nullptr) field.below(path, keys);
  }
}

// The same where `defaults` has the table, too, and what is left out comes from there.
template <const auto& kFields>
void list_inherited_fields(const std::string& prefix, std::vector<KnownKey>& keys) {
  for (const auto& field : kFields)
    keys.push_back({fmt::format("{}.{}", prefix, field.name), std::string(kInherited)});
}

// For rows: reads a mapping into the same T, or a leaf into a member.
template <const auto& kFields>
inline constexpr auto kMapping = [](const Cursor& at, auto& out) { read_fields(at, kFields, out); };

template <auto kMember, auto kLeaf>
inline constexpr auto kSet = [](const Cursor& at, auto& out) {
  // NOLINTNEXTLINE(bugprone-optional-value-conversion): only some members are optional themselves.
  if (auto value = kLeaf(at)) out.*kMember = *std::move(value);
};

}  // namespace conf::yaml
