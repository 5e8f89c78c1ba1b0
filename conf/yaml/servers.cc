#include "conf/yaml/servers.h"

#include <cstdint>
#include <string_view>
#include <unordered_map>

#include "conf/value.h"
#include "conf/yaml/leaf.h"

namespace conf::yaml {
namespace {

using Ids = std::unordered_map<std::uint32_t, std::string_view>;  // to the names of their servers

void give_ids(std::vector<Server>& servers, Ids& ids) {
  std::uint32_t next = 1;
  for (auto& server : servers) {
    if (server.id != 0) continue;
    while (ids.contains(next)) ++next;
    server.id = next++;
  }
}

}  // namespace

void read_servers(const Cursor& at, const ServerDraft& defaults, std::vector<Server>& servers) {
  const auto entries = at.entries("a mapping of names to servers");
  if (!entries) return;
  if (entries->empty()) at.mistake(R"(holds no server: add one such as s1: "10.0.0.1:80")");

  Ids ids;
  for (const auto& entry : *entries) {
    check_name(entry.at, entry.key);
    servers.push_back(read_server(entry.at, entry.key, defaults));
    const std::uint32_t id = servers.back().id;
    if (id == 0) continue;
    const auto [first, is_new] = ids.try_emplace(id, entry.key);
    if (is_new) continue;
    entry.at.mistake(
        fmt::format("has the id {} of server {}: give each its own", id, quoted(first->second)));
  }
  give_ids(servers, ids);
}

void list_servers_keys(const std::string& prefix, std::vector<KnownKey>& keys) {
  keys.push_back({prefix + ".<name>", std::string(kNoDefault)});
  list_server_keys(prefix + ".<name>", keys);
}

}  // namespace conf::yaml
