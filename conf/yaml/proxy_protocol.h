#pragma once

#include <string>
#include <vector>

#include "conf/model.h"
#include "conf/yaml/fields.h"

namespace conf::yaml {

// `accept_proxy` of a bind: a switch, or the networks whose clients send the header.
void read_accept_proxy(const Cursor& at, Bind& bind);

// `send_proxy` of a server: none, v1, v2, or a mapping with a version and its options.
void read_send_proxy(const Cursor& at, Server& server);
void list_send_proxy_keys(const std::string& prefix, std::vector<KnownKey>& keys);

}  // namespace conf::yaml
