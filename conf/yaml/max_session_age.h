#pragma once

#include <string>
#include <vector>

#include "conf/model.h"
#include "conf/yaml/cursor.h"
#include "conf/yaml/fields.h"

// `max_session_age`: how old a session may get; a duration, or a mapping.
namespace conf::yaml {

void read_max_session_age(const Cursor& at, Backend& backend);
void list_max_session_age_keys(const std::string& prefix, std::vector<KnownKey>& keys);

}  // namespace conf::yaml
