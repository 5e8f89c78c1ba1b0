#include "lb/demo/effect.h"

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <iterator>
#include <utility>
#include <variant>
#include <vector>

#include "balancer/backend.h"

namespace lb::demo {
namespace {

constexpr std::uint16_t kClients = 1000;

using Placed = std::vector<balancer::ServerId>;  // by client

class Nobody final : public balancer::Waker {
 public:
  void granted(balancer::Grant) override {}  // without limits nobody waits
};

// One session of each client, all open at once.
Placed visit(balancer::Backend& backend) {
  std::vector<balancer::Choice> open;
  Placed placed;
  for (std::uint16_t client = 0; client < kClients; ++client) {
    const std::array<std::uint8_t, 4> address = {10, 0, static_cast<std::uint8_t>(client >> 8),
                                                 static_cast<std::uint8_t>(client)};
    open.push_back(backend.pick(address, {}, 0));
    placed.push_back(std::get<balancer::Lease>(open.back()).server());
  }
  return placed;
}

}  // namespace

std::string effect_of(const conf::Backend& config) {
  Nobody waker;
  balancer::Backend backend(config, waker, 0);
  const Placed before = visit(backend);
  const auto last = static_cast<balancer::ServerId>(config.servers.size() - 1);
  backend.update(last, [](balancer::Facts& facts) { facts.admin = balancer::Admin::kMaint; }, 0);
  const Placed after = visit(backend);

  std::vector<int> share(config.servers.size());
  int moved = 0;
  for (std::uint16_t client = 0; client < kClients; ++client) {
    ++share[before[client]];
    moved += before[client] != last && before[client] != after[client] ? 1 : 0;
  }
  std::string text = fmt::format("    {} clients of as many addresses:", kClients);
  for (std::size_t i = 0; i < share.size(); ++i)
    fmt::format_to(std::back_inserter(text), "  {} gets {}", config.servers[i].name, share[i]);
  fmt::format_to(
      std::back_inserter(text),
      "\n    when they come again without {}: {} of the other servers' {} change theirs\n",
      config.servers[last].name, moved, kClients - share[last]);
  return text;
}

}  // namespace lb::demo
