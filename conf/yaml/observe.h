#pragma once

#include <cstdint>
#include <optional>

#include "conf/model.h"
#include "conf/yaml/cursor.h"

namespace conf::yaml {

// `observe` and its settings while they are read. What an error does depends on whether the server
// has a check, which is known last.
struct ObserveDraft {
  bool on = false;
  std::optional<std::uint32_t> error_limit;
  std::optional<Observe::Action> on_error;
  std::optional<Cursor> setting;  // the first one of this very mapping
};

void read_observe(const Cursor& at, ObserveDraft& draft);
void read_error_limit(const Cursor& at, ObserveDraft& draft);
void read_on_error(const Cursor& at, ObserveDraft& draft);

[[nodiscard]] std::optional<Observe> observe_of(const ObserveDraft& draft, bool has_check);

// Tells that a setting has no effect, as nobody is observed.
void note_unobserved(const ObserveDraft& draft);

}  // namespace conf::yaml
