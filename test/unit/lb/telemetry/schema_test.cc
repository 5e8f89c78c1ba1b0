#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include "lb/telemetry/access_line.h"
#include "lb/telemetry/note.h"
#include "test/unit/lb/telemetry/scratch.h"

// What the code writes, the schema and the README's tables are one and the same.
namespace {

using namespace lb::telemetry;
using namespace std::chrono_literals;
using nlohmann::json;

std::string content_of(const std::string& name) {
  return scratch::read(std::string(TIDEGATE_TELEMETRY_DIR) + "/" + name);
}

class Schema {
 public:
  // What is wrong with a line of this kind; empty: nothing.
  [[nodiscard]] std::string fault(const std::string& kind, const json& line) const {
    const json& object = definition(kind);
    for (const auto& key : object["required"])
      if (!line.contains(key)) return "misses " + key.get<std::string>();
    for (const auto& [key, value] : line.items()) {
      if (!object["properties"].contains(key)) return "has " + key;
      if (!fits(resolved(object["properties"][key]), value)) return key + " is " + value.dump();
    }
    return "";
  }

  [[nodiscard]] std::set<std::string> keys(const std::string& kind) const {
    std::set<std::string> keys;
    for (const auto& [key, below] : definition(kind)["properties"].items()) keys.insert(key);
    return keys;
  }

  [[nodiscard]] bool may_be_null(const std::string& key) const {
    return fits(resolved(definition("session")["properties"][key]), nullptr);
  }

 private:
  [[nodiscard]] const json& definition(const std::string& name) const {
    return root_.at("$defs").at(name);
  }

  [[nodiscard]] const json& resolved(const json& schema) const {
    if (!schema.contains("$ref")) return schema;
    return definition(schema["$ref"].get<std::string>().substr(std::string("#/$defs/").size()));
  }

  static std::string type_of(const json& value) {
    return value.is_number_integer() ? "integer" : value.type_name();
  }

  [[nodiscard]] static bool fits(const json& schema, const json& value) {
    if (schema.contains("enum")) {
      const json& choices = schema["enum"];
      return std::find(choices.begin(), choices.end(), value) != choices.end();
    }
    const json& type = schema.at("type");
    const json types = type.is_array() ? type : json::array({type});
    if (std::find(types.begin(), types.end(), type_of(value)) == types.end()) return false;
    if (value.is_number() && value < schema.value("minimum", value.get<std::int64_t>()))
      return false;
    if (!value.is_string()) return true;
    const auto text = value.get<std::string>();
    return text.size() >= schema.value("minLength", 0U) &&
           std::regex_search(text, std::regex(schema.value("pattern", "")));
  }

  json root_ = json::parse(content_of("access_line.schema.json"));
};

// Rows | `key`, `key` | form | null when | of the README's table of sessions; true: may be null.
std::map<std::string, bool> keys_of_readme() {
  const std::string text = content_of("README.md");
  const auto begin = text.find("\n## JSON");
  std::istringstream lines(text.substr(begin, text.find("\n## ", begin + 1) - begin));
  std::map<std::string, bool> keys;
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("| `")) continue;
    const auto cell = line.find(" | ");
    const bool nullable = !line.ends_with("| |");
    for (auto at = line.find('`'); at < cell; at = line.find('`', at + 1)) {
      const auto end = line.find('`', at + 1);
      keys[line.substr(at + 1, end - at - 1)] = nullable;
      at = end;
    }
  }
  return keys;
}

json line_of(const SessionRecord& record) {
  std::string out;
  AccessLine(conf::LogFormat::kJson).append(record, out);
  return json::parse(out);
}

SessionRecord full() {
  SessionRecord record;
  record.client = {.family = conf::Family::kIpv4, .port = 39094, .ip = {127, 0, 0, 1}};
  record.frontend = "web";
  record.bind = "127.0.0.1:80";
  record.backend = "app";
  record.server = "s1";
  record.queue_time = record.connect_time = record.total_time = 3ms;
  return record;
}

}  // namespace

TEST_CASE("every session that is written as JSON fits the schema", "[telemetry]") {
  const Schema schema;
  SessionRecord record = full();
  for (const Moment moment : {Moment::kStart, Moment::kProgress, Moment::kEnd}) {
    record.moment = moment;
    CHECK(schema.fault("session", line_of(record)) == "");
  }
  record.reason = {.cause = Cause::kClientTimeout, .stage = Stage::kQueue};
  CHECK(schema.fault("session", line_of(record)) == "");

  SessionRecord least;
  least.frontend = "web";
  least.bind = "unix:/run/web.sock";
  CHECK(schema.fault("session", line_of(least)) == "");
}

TEST_CASE("a line that says something else does not fit the schema", "[telemetry]") {
  const Schema schema;
  json line = line_of(full());
  line["queue_ms"] = -1;
  CHECK(schema.fault("session", line) == "queue_ms is -1");
  line = line_of(full());
  line["more"] = 1;
  CHECK(schema.fault("session", line) == "has more");
  line = line_of(full());
  line["event"] = "middle";
  CHECK(schema.fault("session", line) == "event is \"middle\"");
}

TEST_CASE("every note that is written as JSON fits the schema", "[telemetry]") {
  const Schema schema;
  for (int level = 0; level < 8; ++level) {
    std::string out;
    append_note(note_of(static_cast<Level>(level), "text"), conf::LogFormat::kJson,
                conf::LogFrame::kRaw, out);
    CHECK(schema.fault("note", json::parse(out)) == "");
  }
}

TEST_CASE("the README tells the keys of the schema, and which may be null", "[telemetry]") {
  const Schema schema;
  const auto told = keys_of_readme();

  std::set<std::string> keys;
  for (const auto& [key, nullable] : told) {
    INFO(key);
    keys.insert(key);
    if (schema.keys("session").contains(key)) CHECK(nullable == schema.may_be_null(key));
  }
  CHECK(keys == schema.keys("session"));
}
