#pragma once

#include <array>
#include <cstdint>

#include "lb/admin/stat_columns.h"
#include "lb/admin/typed_value.h"
#include "lb/telemetry/snapshot.h"

namespace lb::admin {

// One line of `show stat`. `addresses`: whether the client's level lets it see them.
struct StatRow {
  char object = 'F';  // F, S or B
  std::uint32_t iid = 0;
  std::uint32_t sid = 0;
  std::array<TypedValue, kStatColumns> values;
};

[[nodiscard]] StatRow row_of(const telemetry::FrontendStat& frontend);
[[nodiscard]] StatRow row_of(const telemetry::ServerStat& server,
                             const telemetry::BackendStat& backend, bool addresses);
[[nodiscard]] StatRow row_of(const telemetry::BackendStat& backend, bool addresses);

}  // namespace lb::admin
