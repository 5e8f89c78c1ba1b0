#include "lb/capacity.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>

#include "balancer/limit.h"

namespace lb {
namespace {

constexpr std::uint64_t kProcess = 32;  // standard streams, signals, logs, a file being read
constexpr std::uint64_t kWorker = 8;    // its loop, its set, its mailbox
constexpr std::uint64_t kMostDescriptors = 1U << 20;  // a limit of a billion is no plan
constexpr std::uint64_t kMostPipes = 512;
constexpr std::uint64_t kSessionsAPipe = 16;

}  // namespace

Capacity derive_capacity(const conf::Config& config, std::uint32_t cores,
                         std::uint64_t descriptors) {
  const conf::Global& global = config.global;
  Capacity capacity;
  const std::uint32_t wanted = global.threads != 0 ? global.threads : std::max(cores, 1U);
  capacity.threads = std::min(wanted, balancer::Limit::kMaxWorkers);
  capacity.descriptors = descriptors;

  std::uint64_t binds = 0;
  for (const conf::Frontend& frontend : config.frontends) binds += frontend.binds.size();
  std::uint64_t checks = 0;
  for (const conf::Backend& backend : config.backends)
    for (const conf::Server& server : backend.servers)
      checks += (server.check ? 1U : 0U) + (server.agent ? 1U : 0U);
  std::uint64_t admin = 0;  // each socket and its clients
  for (const conf::AdminSocket& socket : global.admin) admin += 1 + std::uint64_t{socket.maxconn};
  const std::uint64_t reserve = kProcess + capacity.threads * (kWorker + binds) + checks + admin;
  const std::uint64_t usable = std::min(descriptors, kMostDescriptors);
  const std::uint64_t free = usable > reserve ? usable - reserve : 0;

  std::uint64_t pipes = global.maxpipes;
  if (pipes == 0) {
    const std::uint64_t sessions = global.maxconn != 0 ? global.maxconn : free / 2;
    pipes = std::min(kMostPipes, sessions / kSessionsAPipe);
  }
  const std::uint64_t for_pipes = std::min(free, 2 * pipes);
  capacity.maxpipes = static_cast<std::uint32_t>(for_pipes / 2);
  const std::uint64_t fitting = (free - for_pipes) / 2;
  if (fitting == 0) {
    capacity.fault = fmt::format(
        "the descriptor limit is {} and carries no session: at least {} are needed; raise `ulimit "
        "-n` "
        "(LimitNOFILE= in a unit)",
        descriptors, reserve + for_pipes + 2);
  }
  capacity.maxconn = global.maxconn != 0 ? global.maxconn : static_cast<std::uint32_t>(fitting);

  if (capacity.maxconn > fitting) {
    capacity.warning = fmt::format(
        "maxconn {} needs {} descriptors and the limit is {}: {} sessions fit; raise `ulimit -n` "
        "(LimitNOFILE= in a unit) or lower global.maxconn",
        capacity.maxconn, 2 * std::uint64_t{capacity.maxconn} + for_pipes + reserve, descriptors,
        fitting);
  }
  return capacity;
}

std::uint64_t raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1024;
  const rlimit raised{.rlim_cur = limit.rlim_max, .rlim_max = limit.rlim_max};
  if (setrlimit(RLIMIT_NOFILE, &raised) == 0) limit = raised;
  return limit.rlim_cur;
}

}  // namespace lb
