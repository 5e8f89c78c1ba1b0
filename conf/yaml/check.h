#pragma once

#include <optional>
#include <string>
#include <vector>

#include "conf/model.h"
#include "conf/yaml/fields.h"

namespace conf::yaml {

// `check` of a backend, its server_defaults or a server while it is read: each begins as a copy of
// the one above it. The dialog is shared until one of them has its own.
struct CheckDraft {
  CheckDraft();

  bool on = false;
  Check check;  // without what follows here, which depends on what the others come to be
  std::optional<Milliseconds> fast_interval;
  std::optional<Milliseconds> down_interval;
  std::optional<bool> send_proxy;
};

// none or false, true, the word of a kind, or a mapping of what is to be different.
void read_check(const Cursor& at, CheckDraft& draft);
void list_check_keys(const std::string& prefix, std::vector<KnownKey>& keys);

// The check of a server, nullopt when it is off. As in HAProxy one that goes where the sessions go
// begins with a PROXY protocol header where they do.
[[nodiscard]] std::optional<Check> check_of(const CheckDraft& draft, const Server& server);

}  // namespace conf::yaml
