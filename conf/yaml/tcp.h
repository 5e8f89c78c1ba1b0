#pragma once

#include <string>
#include <vector>

#include "conf/model.h"
#include "conf/yaml/fields.h"

// The mapping `tcp`, in defaults and again in frontends and backends.
namespace conf::yaml {

void read_tcp(const Cursor& at, Tcp& tcp);
void list_tcp_keys(const std::string& prefix, std::vector<KnownKey>& keys);
void list_inherited_tcp_keys(const std::string& prefix, std::vector<KnownKey>& keys);

}  // namespace conf::yaml
