#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "lb/admin/answer.h"
#include "lb/telemetry/snapshot.h"

namespace lb::admin {

// What a client has asked of `show stat`.
struct StatQuery {
  enum class Format : std::uint8_t { kCsv, kTyped, kJson };
  Format format = Format::kCsv;
  bool descriptions = false;  // with kTyped
  bool up = false;            // no server that is down
  bool no_maint = false;      // none in maintenance
  bool addresses = false;     // the level lets it see them
  std::string proxy;          // as it was asked for
  int iid = -1;               // -1: all; 0: that of `proxy`, which is a name
  int types = -1;             // 1 frontends, 2 backends, 4 servers
  int sid = -1;               // -1: all

  // From the words behind the command; otherwise HAProxy's sentence on what is wrong.
  [[nodiscard]] static std::expected<StatQuery, std::string_view> read(
      std::span<const std::string> words);
};

// Finds the number of a proxy by its name, of two with the same name the frontend's. False: there
// is none.
[[nodiscard]] bool resolve(StatQuery& query, const telemetry::Snapshot& snapshot);

// Renders what was resolved, so many lines at a time as a part has room for.
[[nodiscard]] Producer render(StatQuery query, std::shared_ptr<const telemetry::Snapshot> snapshot);

}  // namespace lb::admin
