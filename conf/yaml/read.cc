#include "conf/yaml/read.h"

#include <cstddef>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "conf/value.h"
#include "conf/yaml/backend.h"
#include "conf/yaml/defaults.h"
#include "conf/yaml/frontend.h"
#include "conf/yaml/global.h"
#include "conf/yaml/leaf.h"

namespace conf::yaml {
namespace {

constexpr std::string_view kEmptyFile =
    "is empty: a configuration has frontends and backends, see conf/README.md";
constexpr std::string_view kNoFrontend =
    R"(there is none: add one such as web: {bind: "0.0.0.0:80", backend: app})";

// The sections of all files.
struct Sections {
  std::vector<Cursor> global;
  std::vector<Cursor> defaults;
  std::vector<Cursor> frontends;
  std::vector<Cursor> backends;
};

template <auto kMember>
constexpr auto kCollect =
    [](const Cursor& at, Sections& sections) { (sections.*kMember).push_back(at); };

template <ListKeys kListKeys>
void list_named(const std::string& prefix, std::vector<KnownKey>& keys) {
  keys.push_back({prefix + ".<name>", std::string(kNoDefault)});
  kListKeys(prefix + ".<name>", keys);
}

constexpr Field<Sections> kSections[] = {
    {"global", kNoDefault, kCollect<&Sections::global>, list_global_keys},
    {"defaults", kNoDefault, kCollect<&Sections::defaults>, list_defaults_keys},
    {"frontends", kNoDefault, kCollect<&Sections::frontends>, list_named<list_frontend_keys>},
    {"backends", kNoDefault, kCollect<&Sections::backends>, list_named<list_backend_keys>},
};

// A section that only one of the files may have.
template <typename T>
void read_once(const std::vector<Cursor>& found, void (*read_section)(const Cursor&, T&), T& out) {
  for (const Cursor& at : found) {
    if (&at == &found.front()) {
      read_section(at, out);
    } else {
      const Place first = found.front().place();
      at.mistake(
          fmt::format("is given a second time, first at {}:{}: keep one", first.file, first.line));
    }
  }
}

// A section of names, each given once in all files.
template <typename T>
std::vector<T> read_named(const std::vector<Cursor>& found,
                          T (*read_one)(const Cursor&, std::string_view, const Defaults&),
                          const Defaults& defaults) {
  std::vector<T> result;
  std::map<std::string_view, Place> places;
  for (const Cursor& section : found) {
    const auto entries = section.entries("a mapping of names");
    if (!entries) continue;
    for (const auto& entry : *entries) {
      check_name(entry.at, entry.key);
      const auto [first, is_new] = places.try_emplace(entry.key, entry.at.place());
      if (is_new) {
        result.push_back(read_one(entry.at, entry.key, defaults));
      } else {
        entry.at.mistake(fmt::format("is given a second time, first at {}:{}: rename one",
                                     first->second.file, first->second.line));
      }
    }
  }
  return result;
}

}  // namespace

bool read(const std::vector<File>& files, bool complete, Source& source, Reading& reading,
          std::vector<Mistake>& mistakes) {
  std::deque<Document> documents;
  std::deque<Context> contexts;
  Sections sections;
  for (const auto& file : files) {
    auto parsed = parse(file.text);
    if (!parsed) {
      mistakes.push_back({file.name, parsed.error().line, "syntax", parsed.error().what});
      complete = false;
    } else if (parsed->root == nullptr) {
      mistakes.push_back({file.name, 1, "file", std::string(kEmptyFile)});
      complete = false;
    } else {
      const auto& document = documents.emplace_back(*std::move(parsed));
      auto& context = contexts.emplace_back(file.name, source, mistakes, reading.notes);
      read_fields(Cursor(*document.root, 1, "", context), kSections, sections);
    }
  }

  Config& config = reading.config;
  Defaults defaults;
  read_once(sections.global, read_global, config.global);
  read_once(sections.defaults, read_defaults, defaults);
  const std::size_t before = mistakes.size();
  config.frontends = read_named(sections.frontends, read_frontend, defaults);
  if (complete && config.frontends.empty() && mistakes.size() == before) {
    mistakes.push_back({files.front().name, 1, "frontends", std::string(kNoFrontend)});
  }
  config.backends = read_named(sections.backends, read_backend, defaults);
  return complete;
}

std::vector<KnownKey> known_keys() {
  std::vector<KnownKey> keys;
  list_fields<kSections>("", keys);
  return keys;
}

}  // namespace conf::yaml
