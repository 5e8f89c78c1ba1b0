#pragma once

#include <string>
#include <vector>

#include "conf/yaml/server.h"

namespace conf::yaml {

// `servers` of a backend, names to servers. Those without an id get the lowest free ones in the
// order of the file, as in HAProxy.
void read_servers(const Cursor& at, const ServerDraft& defaults, std::vector<Server>& servers);
void list_servers_keys(const std::string& prefix, std::vector<KnownKey>& keys);

}  // namespace conf::yaml
