#pragma once

#include <deque>
#include <optional>
#include <string_view>

#include "lb/check/judgement.h"
#include "lb/proxy/backend.h"
#include "lb/proxy/frontend.h"

namespace lb {

// The frontends and backends of a process, and how an operator names them: by name, or `#3` by
// number. They never move. Its lookups belong to the control thread.
//
// Frontends and backends share their numbers, HAProxy's iid: from 2, in the order of the file, as 1
// is the process itself. A server's are unique in its backend.
struct Fleet {
  std::deque<proxy::Backend> backends;
  std::deque<proxy::Frontend> frontends;

  [[nodiscard]] proxy::Frontend* find_frontend(std::string_view name);
  [[nodiscard]] proxy::Backend* find_backend(std::string_view name);
  [[nodiscard]] std::optional<check::Place> find_server(proxy::Backend& backend,
                                                        std::string_view name);

  // The server whose checks decide for one that tracks, at the end of a chain of them; for others
  // itself.
  [[nodiscard]] check::Place root_of(check::Place place);

  [[nodiscard]] std::uint32_t number_of(const proxy::Frontend& frontend) const;
  [[nodiscard]] std::uint32_t number_of(const proxy::Backend& backend) const;
};

}  // namespace lb
