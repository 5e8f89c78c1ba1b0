#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "conf/model.h"
#include "lb/telemetry/counters.h"

namespace lb::proxy {

// Where a server is, and where it is checked. An operator may change it.
struct Whereabouts {
  std::optional<conf::Address> address;        // unset: unknown, so that it is in maintenance
  std::optional<conf::Address> check_address;  // unset: checked at its own
  std::optional<std::uint16_t> check_port;     // likewise
};

// A server at work, as all workers share it: what it was asked to be, and what it has counted. It
// stays where it is until it is removed and nobody knows it any more.
struct Server {
  // `stays` is the name once more, which the log may still tell when the server is gone.
  Server(conf::Server asked, std::string_view stays, std::size_t workers)
      : config(std::move(asked)), name(stays), counters(workers) {
    where.address = config.address;
    if (!config.check) return;
    where.check_address = config.check->address;
    where.check_port = config.check->port;
  }

  const conf::Server config;
  const std::string_view name;
  telemetry::PerWorker<telemetry::ServerCounters> counters;

  Whereabouts where;  // now; the control thread's, the workers are told
};

}  // namespace lb::proxy
