#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "conf/model.h"
#include "conf/yaml/fields.h"

namespace conf::yaml {

// The section `defaults`: what frontends and backends have unless they say otherwise, key by key.
struct Defaults {
  Milliseconds connect = Backend{}.connect_timeout;
  Milliseconds client = Frontend{}.client_timeout;
  Milliseconds server = Backend{}.server_timeout;
  Milliseconds queue = Backend{}.queue_timeout;
  std::optional<Milliseconds> client_fin;
  Milliseconds client_hs = Frontend{}.client_hs_timeout;
  std::optional<Milliseconds> server_fin;
  Tcp tcp;
  SessionLog log;
  std::uint32_t retries = Backend{}.retries;
  std::int32_t redispatch = Backend{}.redispatch;
  std::uint32_t retry_budget = Backend{}.retry_budget;
};

inline constexpr std::uint32_t kMostRetries = 100;

void read_defaults(const Cursor& at, Defaults& defaults);
void list_defaults_keys(const std::string& prefix, std::vector<KnownKey>& keys);

}  // namespace conf::yaml
