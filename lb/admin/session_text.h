#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lb/proxy/session_view.h"

namespace lb::admin {

// Some of the sessions that were asked for, in the order of their ids.
struct SessionPage {
  std::vector<proxy::SessionView> sessions;
  std::uint64_t total = 0;            // that match
  std::optional<std::uint64_t> next;  // the page after this one is `after` this id
  net::Tick now = 0;
};

// As `sessions json` tells them: lb/admin/README.md has the schema.
[[nodiscard]] std::string sessions_json(const SessionPage& page);

// One line each, in columns under a header.
[[nodiscard]] std::string sessions_table(const SessionPage& page);

// A line of `show sess` as HAProxy has them (management.txt). What it says of its own insides is 0.
[[nodiscard]] std::string sess_line(const proxy::SessionView& session, net::Tick now);

}  // namespace lb::admin
