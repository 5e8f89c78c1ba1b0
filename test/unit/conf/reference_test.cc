#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>

#include "conf/yaml/read.h"
#include "test/unit/conf/reading.h"

// Reader, README and schema know the same keys and the same defaults.
namespace conf::test {
namespace {

using Keys = std::map<std::string, std::string>;  // path to default, or to a word in place of one
using nlohmann::json;

std::string content_of(const std::string& path) {
  std::ifstream file(std::string(TIDEGATE_CONF_DIR) + "/" + path);
  if (!file) throw std::runtime_error("cannot open " + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

Keys keys_of_reader() {
  Keys keys;
  for (const auto& key : yaml::known_keys()) keys.emplace(key.path, key.standard);
  return keys;
}

// Rows of its tables: | `path` | default | meaning |
Keys keys_of_readme() {
  Keys keys;
  std::istringstream lines(content_of("README.md"));
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("| `")) continue;
    const auto end = line.find("` | ");
    const auto next = line.find(" | ", end + 4);
    if (end == std::string::npos || next == std::string::npos) continue;
    const std::string path = line.substr(3, end - 3);
    const std::string standard = line.substr(end + 4, next - end - 4);
    keys.emplace(path, standard == "-" ? "" : standard);
  }
  return keys;
}

class SchemaKeys {
 public:
  SchemaKeys() : root_(json::parse(content_of("schema.json"))) { walk(root_, ""); }
  [[nodiscard]] const Keys& keys() const { return keys_; }

 private:
  static std::string text_of(const json& value) {
    return value.is_string() ? value.get<std::string>() : value.dump();
  }

  void walk(const json& schema, const std::string& path) {
    if (schema.contains("$ref")) {
      const auto name = schema["$ref"].get<std::string>().substr(std::string("#/$defs/").size());
      walk(root_["$defs"].at(name), path);
    }
    for (const auto& choice : schema.value("anyOf", json::array())) walk(choice, path);
    if (schema.contains("items")) walk(schema["items"], path);
    const json properties = schema.value("properties", json::object());
    const auto required = schema.value("required", json::array());
    for (const auto& [key, below] : properties.items()) {
      const bool is_required = std::find(required.begin(), required.end(), key) != required.end();
      std::string standard = is_required ? "required" : "";
      if (below.contains("default")) standard = text_of(below["default"]);
      add(path.empty() ? key : path + "." + key, standard, below);
    }
    const json others = schema.value("additionalProperties", json(false));
    if (others.is_object()) add(path + ".<name>", "", others);
  }

  void add(const std::string& path, const std::string& standard, const json& below) {
    keys_[path] = standard;
    walk(below, path);
  }

  json root_;
  Keys keys_;
};

// The schema has no words for these.
Keys as_in_schema(Keys keys) {
  for (auto& [path, standard] : keys) {
    if (standard == "unset" || standard == "inherited") standard.clear();
  }
  return keys;
}

TEST_CASE("the reference has every key of the reader with its default, and no other", "[conf]") {
  const Keys reader = keys_of_reader();

  CHECK(reader.size() > 60);
  CHECK(keys_of_readme() == reader);
}

TEST_CASE("the schema has every key of the reader with its default, and no other", "[conf]") {
  CHECK(SchemaKeys().keys() == as_in_schema(keys_of_reader()));
}

// A file with one key, set to `value`, in addition to what every file needs.
std::string file_setting(std::string path, const std::string& value) {
  json file =
      json::parse(R"({"frontends": {"web": {"bind": {"address": "127.0.0.1:80"}, "backend": "app"}},
      "backends": {"app": {"servers": {"s1": {"address": "10.0.0.1:80"}}}}})");
  const std::vector<std::pair<std::string, std::string>> names = {
      {"frontends.<name>", "frontends.web"}, {"backends.<name>", "backends.app"}};
  for (const auto& [general, name] : names) {
    if (path.starts_with(general)) path.replace(0, general.size(), name);
  }
  if (path.contains(".servers.<name>")) {
    path.replace(path.find("<name>"), 6, "s1");
  }
  // With a frame that prints every key.
  if (path.starts_with("global.log."))
    file["global"]["log"] = {{"to", "stdout"}, {"frame", "rfc5424"}};
  std::ranges::replace(path, '.', '/');
  file[json::json_pointer("/" + path)] = value;
  return file.dump();
}

std::string shown(const Tcp& tcp) {
  return fmt::format("{}{}{}{}", tcp.nodelay, tcp.keepalive, tcp.user_timeout.count(), tcp.splice);
}

std::string shown(const LogTarget& log) {
  return fmt::format("{} {} {} {} {} {} {} {} {}", static_cast<int>(log.kind),
                     static_cast<int>(log.format), static_cast<int>(log.frame), log.facility,
                     log.tag, log.hostname, log.length, static_cast<int>(log.level),
                     static_cast<int>(log.min_level));
}

std::string shown(const SessionLog& log) {
  return fmt::format("{}{}{}{}{} {}", log.dontlognull, log.separate_errors, log.asap, log.start,
                     log.end, log.every.count());
}

// All of a model that these files can change.
std::string shown(const Config& config) {
  const Global& global = config.global;
  const Frontend& web = config.frontends.at(0);
  const Bind& bind = web.binds.at(0);
  const Backend& app = config.backends.at(0);
  const Server& server = app.servers.at(0);
  return fmt::format(
      "{} {} {} {} {} | {} {} {} {} {} {} {} {} {} | {} {} {} {} {} {} {} | {} {} {} {} {}",
      global.threads, global.maxconn, global.maxpipes, global.logs.size(), shown(global.logs.at(0)),
      bind.backlog, bind.v6only, bind.accept_proxy.has_value(), web.client_hs_timeout.count(),
      web.maxconn, web.max_per_source, web.client_timeout.count(), shown(web.tcp), shown(web.log),
      static_cast<int>(app.balance), app.retries, app.abort_on_close, app.connect_timeout.count(),
      app.server_timeout.count(), app.queue_timeout.count(), shown(app.tcp), server.weight,
      server.maxconn, server.backup, server.disabled, server.send_proxy.has_value());
}

TEST_CASE("writing a default out changes nothing", "[conf]") {
  const auto shown_with = [](const std::string& path, const std::string& value) {
    return shown(reading_of(file_setting(path, value)).config);
  };
  const std::string plain = shown_with("frontends.<name>.maxconn", "0");
  const std::string plain_log = shown_with("global.log.to", "stdout");
  int tried = 0;
  for (const auto& [path, standard] : as_in_schema(keys_of_reader())) {
    if (standard.empty() || standard == "required") continue;
    INFO(path << ": " << standard);
    CHECK(shown_with(path, standard) == (path.starts_with("global.log.") ? plain_log : plain));
    ++tried;
  }
  CHECK(tried > 20);
}

TEST_CASE("every example is valid", "[conf]") {
  const std::string name = GENERATE("minimal", "websocket", "database", "everything");
  auto source = machine();
  source.files["lb.yaml"] = content_of("examples/" + name + ".yaml");
  source.files["/etc/tidegate/allow.txt"] = "192.0.2.0/24\n";

  CHECK(mistakes_in({"lb.yaml"}, source) == std::vector<std::string>{});
}

TEST_CASE("the example of everything has every key", "[conf]") {
  const std::string text = content_of("examples/everything.yaml");
  for (const auto& [path, standard] : keys_of_reader()) {
    const std::string key = path.substr(path.rfind('.') + 1);
    INFO(path);
    CHECK((key == "<name>" || text.contains(key + ":")));
  }
}

}  // namespace
}  // namespace conf::test
