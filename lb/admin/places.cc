#include "lb/admin/places.h"

#include <fmt/format.h>

namespace lb::admin {

std::expected<check::Place, std::string_view> find_server(Fleet& fleet, std::string_view name) {
  const std::size_t slash = name.find('/');
  if (slash == std::string_view::npos || slash + 1 == name.size())
    return std::unexpected("Require 'backend/server'.");
  proxy::Backend* backend = fleet.find_backend(name.substr(0, slash));
  if (backend == nullptr) return std::unexpected("No such backend.");
  const auto server = fleet.find_server(*backend, name.substr(slash + 1));
  if (!server) return std::unexpected("No such server.");
  return *server;
}

std::string name_of(const check::Place& server) {
  return fmt::format("{}/{}", server.backend->config.name, server.config().name);
}

}  // namespace lb::admin
