#pragma once

#include <string>
#include <vector>

#include "conf/model.h"
#include "conf/yaml/fields.h"

// The mapping `log` of defaults and again of frontends.
namespace conf::yaml {

void read_session_log(const Cursor& at, SessionLog& log);
void list_session_log_keys(const std::string& prefix, std::vector<KnownKey>& keys);
void list_inherited_session_log_keys(const std::string& prefix, std::vector<KnownKey>& keys);

}  // namespace conf::yaml
