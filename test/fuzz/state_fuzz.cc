#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "lb/restore.h"
#include "lb/state_text.h"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto state = lb::parse_state(input);
  if (!state) return 0;
  require(state->broken.size() <= state->all_broken);
  conf::Server config;
  config.address.emplace();
  config.check.emplace();
  for (const lb::StoredServer& server : state->servers) {
    require(server.weight <= 256 && server.initial_weight <= 256 && server.operation <= 3);
    require(server.name.data() >= input.data() && !server.name.empty());
    const auto restored = lb::restored_of(server, config);
    require(!restored.weight || *restored.weight <= 256);
    const auto wish = lb::wish_of(server, std::chrono::system_clock::time_point{});
    require(!wish || !wish->deadline || *wish->deadline <= std::chrono::days{24});
    // What is read is what is written.
    std::string again = "1\n3 app 1 s1 - 2 0 1 1 0 1 0 0 0 0 0 0 - 80 - 0\n";
    lb::append_more(again, server.more);
    const auto reread = lb::parse_state(again);
    require(reread && reread->all_broken == 0 && reread->servers.at(0).more == server.more);
  }
  return 0;
}
