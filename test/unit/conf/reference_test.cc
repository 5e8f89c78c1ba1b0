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
    // A server overrides the keys of the backend's, which are told there.
    const bool overrides =
        path.ends_with(".server_defaults.check") || path.ends_with(".server_defaults.agent") ||
        path.ends_with(".servers.<name>.check") || path.ends_with(".servers.<name>.agent");
    if (!overrides) walk(below, path);
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

// What a key below `prefix` needs beside it.
struct Needs {
  std::string_view prefix;  // of its path, the longest first
  std::string_view at;      // where `what` is put
  std::string_view what;
};

constexpr Needs kNeeds[] = {
    {"backends.<name>.check.http.expect.", "/backends/app/check/http/expect",
     R"({"status": "200"})"},
    {"backends.<name>.check.http.", "/backends/app/check/http", R"({})"},
    {"backends.<name>.check.script.connect.", "/backends/app/check/script/connect", R"({})"},
    {"backends.<name>.check.script.expect.", "/backends/app/check/script/expect",
     R"({"string": "x"})"},
    {"backends.<name>.check.mysql.", "/backends/app/check/mysql", R"({})"},
    {"backends.<name>.check.smtp.", "/backends/app/check/smtp", R"({})"},
    {"backends.<name>.check.", "/backends/app/check", R"({})"},
    {"backends.<name>.agent.", "/backends/app/agent", R"({"port": "9001"})"},
    {"backends.<name>.rebalance.", "/backends/app/rebalance", R"({})"},
    {"backends.<name>.max_session_age.", "/backends/app/max_session_age", R"({"limit": "6h"})"},
    {"global.admin.", "/global/admin", R"({"socket": "/run/tidegate.sock"})"},
    {"global.log.", "/global/log", R"({"to": "stdout", "frame": "rfc5424"})"},  // it prints all
};

json file_with_needs_of(std::string_view path) {
  json file =
      json::parse(R"({"frontends": {"web": {"bind": {"address": "127.0.0.1:80"}, "backend": "app"}},
      "backends": {"app": {"servers": {"s1": {"address": "10.0.0.1:80"}}}}})");
  const auto* const needs = std::ranges::find_if(
      kNeeds, [path](const Needs& one) { return path.starts_with(one.prefix); });
  if (needs != std::end(kNeeds))
    file[json::json_pointer(std::string(needs->at))] = json::parse(needs->what);
  // With an algorithm that has the key.
  constexpr std::string_view kBalance = "backends.<name>.balance.";
  if (path.starts_with(kBalance)) {
    const std::map<std::string_view, std::string> owners = {
        {"key", "hash"},       {"hash_type", "hash"},
        {"function", "hash"},  {"balance_factor", "hash"},
        {"draws", "random"},   {"table_size", "maglev"},
        {"decay", "peak-ewma"}};
    const auto owner = owners.find(path.substr(kBalance.size()));
    file["backends"]["app"]["balance"]["by"] =
        owner != owners.end() ? owner->second : "sticky-source";
  }
  return file;
}

// A file with one key, set to `value`, in addition to what it needs.
std::string file_setting(std::string path, const std::string& value) {
  json file = file_with_needs_of(path);
  const std::vector<std::pair<std::string, std::string>> names = {
      {"frontends.<name>", "frontends.web"}, {"backends.<name>", "backends.app"}};
  for (const auto& [general, name] : names) {
    if (path.starts_with(general)) path.replace(0, general.size(), name);
  }
  if (path.contains(".servers.<name>")) {
    path.replace(path.find("<name>"), 6, "s1");
  }
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

// Without `by`, which the files for its settings need.
std::string shown(const Balance& balance) {
  const HashKey& key = balance.key;
  return fmt::format("{} {} {} {} {}{}{}{} {} {} {} {} {} {}", static_cast<int>(balance.hash_type),
                     static_cast<int>(balance.function), balance.avalanche, balance.balance_factor,
                     key.source, key.source_port, key.destination, key.destination_port,
                     balance.draws, balance.table_size, balance.decay.count(),
                     static_cast<int>(balance.first_visit), balance.expire.count(),
                     balance.entries);
}

std::string shown(const CheckStep& step) {
  if (const auto* const connect = std::get_if<CheckConnect>(&step))
    return fmt::format("connect {}", connect->send_proxy);
  if (const auto* const request = std::get_if<HttpRequest>(&step))
    return fmt::format("{} {} {}", request->method, request->path, request->version);
  const auto* const expect = std::get_if<CheckExpect>(&step);
  if (expect == nullptr) return "send";
  const CheckStatus error = expect->error_status.value_or(CheckStatus::kL7Invalid);
  return fmt::format("expect {} {} {} {} {}", expect->negated, expect->min_recv.value_or(0),
                     static_cast<int>(expect->ok_status), static_cast<int>(error),
                     static_cast<int>(expect->timeout_status));
}

std::string shown(const std::optional<Check>& check) {
  if (!check) return "no check";
  const CheckDialog& dialog = *check->dialog;
  std::string text =
      fmt::format("{} {} {} {} {} {} {} {} {}", static_cast<int>(dialog.kind),
                  dialog.disable_on_404, dialog.mysql_pre_41, dialog.hello, check->interval.count(),
                  check->rise, check->fall, check->send_proxy, static_cast<int>(check->init_state));
  for (const auto& step : dialog.steps) text += ", " + shown(step);
  return text;
}

std::string shown(const Server& server) {
  return fmt::format(
      "{} {} {} {} {} {} {} {} {} {} {} {} {} {}", server.weight, server.maxconn, server.minconn,
      server.maxqueue, server.slow_start.count(), server.slow_start_at_start, server.backup,
      server.disabled, server.send_proxy.has_value(), shown(server.check),
      server.agent ? server.agent->interval.count() : 0, server.observe.has_value(),
      static_cast<int>(server.on_marked_down), static_cast<int>(server.on_marked_up));
}

std::string shown(const Ejection& ejection) {
  return fmt::format("{} {} {}", ejection.time.count(), ejection.longest.count(), ejection.most);
}

std::string shown(const std::optional<Rebalance>& rebalance) {
  if (!rebalance) return "none";
  return fmt::format("{} {} {}", rebalance->to, rebalance->pace, rebalance->after.count());
}

std::string shown(const std::optional<SessionAge>& age) {
  return age ? fmt::format("{} {}", age->limit.count(), age->jitter) : "any";
}

std::string shown(const std::vector<AdminSocket>& sockets) {
  std::string text = fmt::format("{}", sockets.size());
  for (const AdminSocket& socket : sockets)
    text += fmt::format(" {:o} {} {}", socket.mode, socket.timeout.count(), socket.maxconn);
  return text;
}

// All of a model that these files can change.
std::string shown(const Config& config) {
  const Global& global = config.global;
  const Frontend& web = config.frontends.at(0);
  const Bind& bind = web.binds.at(0);
  const Backend& app = config.backends.at(0);
  return fmt::format(
      "{} {} {} {} {} {} {} | {} {} {} {} {} {} {} {} {} {} {} | {} {} {} {} {} {} {} {} {} {} {} "
      "| "
      "{} {} {} {} {}",
      global.threads, global.busy_poll.count(), global.maxconn, global.maxpipes, global.logs.size(),
      shown(global.logs.at(0)), shown(global.admin), bind.backlog, bind.v6only,
      bind.accept_proxy.has_value(), web.client_hs_timeout.count(), web.maxconn, web.max_per_source,
      web.rate_limit, web.rate_per_source, web.client_timeout.count(), shown(web.tcp),
      shown(web.log), shown(app.balance), app.all_backups, app.fullconn, app.retries,
      app.redispatch, app.retry_budget, app.abort_on_close, app.connect_timeout.count(),
      app.server_timeout.count(), app.queue_timeout.count(), shown(app.tcp), app.log_health_checks,
      shown(app.ejection), shown(app.rebalance), shown(app.max_session_age),
      shown(app.servers.at(0)));
}

TEST_CASE("writing a default out changes nothing", "[conf]") {
  const auto shown_of = [](const std::string& text) { return shown(reading_of(text).config); };
  int tried = 0;
  for (const auto& [path, standard] : as_in_schema(keys_of_reader())) {
    if (standard.empty() || standard == "required") continue;
    INFO(path << ": " << standard);
    const json plain = file_with_needs_of(path);
    CHECK(shown_of(file_setting(path, standard)) == shown_of(plain.dump()));
    ++tried;
  }
  CHECK(tried > 20);
}

TEST_CASE("every example is valid", "[conf]") {
  const std::string name = GENERATE("minimal", "websocket", "database", "checks", "everything");
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
