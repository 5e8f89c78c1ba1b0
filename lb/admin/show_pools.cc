#include "lb/admin/show_pools.h"

#include <fmt/format.h>

#include <cstddef>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace lb::admin {
namespace {

struct Pool {
  std::string_view name;
  std::size_t size = 0;  // of one, at most where they differ
  std::size_t allocated = 0;
  std::size_t allocated_bytes = 0;
  std::size_t used = 0;
};

struct Blocks {
  std::size_t count = 0;
  std::size_t bytes = 0;
};

std::string text_of(const std::vector<WorkerStock>& workers, const std::vector<Blocks>& blocks) {
  Pool sessions{.name = "session"};
  Pool scratch{.name = "scratch"};
  Pool unsent{.name = "unsent"};
  for (const WorkerStock& one : workers) {
    sessions.size = one.place_size;
    sessions.allocated += one.places;
    sessions.used += one.sessions;
    scratch.size = unsent.size = one.scratch_size;
    ++scratch.allocated;
  }
  sessions.allocated_bytes = sessions.allocated * sessions.size;
  scratch.allocated_bytes = scratch.allocated * scratch.size;
  scratch.used = scratch.allocated;
  for (const Blocks& one : blocks) {
    unsent.allocated += one.count;
    unsent.allocated_bytes += one.bytes;
  }
  unsent.used = unsent.allocated;

  std::string text = "Dumping pools usage.\n";
  std::size_t allocated = 0;
  for (const Pool& pool : {sessions, unsent, scratch}) {
    text += fmt::format("  - Pool {} ({} bytes) : {} allocated ({} bytes), {} used\n", pool.name,
                        pool.size, pool.allocated, pool.allocated_bytes, pool.used);
    allocated += pool.allocated_bytes;
  }
  const std::size_t idle = (sessions.allocated - sessions.used) * sessions.size;
  text +=
      fmt::format("Total: 3 pools, {} bytes allocated, {} used.\n", allocated, allocated - idle);
  return text;
}

}  // namespace

void gather_pools(Engine& engine, std::function<void(std::string)> then) {
  auto blocks = std::make_shared<std::vector<Blocks>>(engine.crew().size());
  engine.crew().walk(
      [blocks](Worker& worker, proxy::Session& session) {
        const proxy::SessionHoldings holdings = session.holdings();
        Blocks& mine = (*blocks)[worker.index()];
        mine.count += holdings.blocks;
        mine.bytes += holdings.block_bytes;
      },
      [&crew = engine.crew(), blocks, then = std::move(then)] {
        crew.ask([](Worker& worker) { return worker.stock(); },
                 [blocks, then](const std::vector<WorkerStock>& workers) {
                   then(text_of(workers, *blocks));
                 });
      });
}

}  // namespace lb::admin
