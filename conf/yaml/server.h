#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "conf/model.h"
#include "conf/yaml/fields.h"

namespace conf::yaml {

// `server_defaults`: what the servers of a backend have unless they say otherwise.
void read_server_defaults(const Cursor& at, Server& defaults);
void list_server_defaults_keys(const std::string& prefix, std::vector<KnownKey>& keys);

// One server, an address as text or a mapping. Without an `id` of its own its id is 0.
[[nodiscard]] Server read_server(const Cursor& at, std::string_view name, const Server& defaults);
void list_server_keys(const std::string& prefix, std::vector<KnownKey>& keys);

}  // namespace conf::yaml
