#include "lb/gates.h"

#include <unistd.h>

#include <bit>
#include <utility>

namespace lb {

using Standing = proxy::Frontend::Standing;

void Gates::add_unix_path(const proxy::Frontend& frontend, std::string path) {
  unix_paths_.push_back({.frontend = &frontend, .path = std::move(path)});
}

void Gates::remove_unix_paths() {
  for (const UnixPath& one : unix_paths_) unlink(one.path.c_str());
  unix_paths_.clear();
}

void Gates::pause(proxy::Frontend& frontend, Then then) {
  frontend.standing = Standing::kPaused;
  crew_.each([&frontend](Worker& worker) { worker.set_disabled(frontend, true); }, std::move(then));
}

void Gates::open(proxy::Frontend& frontend, Then then) {
  frontend.standing = Standing::kOpen;
  crew_.each([&frontend](Worker& worker) { worker.set_disabled(frontend, false); },
             std::move(then));
}

// Where a path is gone nobody connects any more, so that the last to be accepted is the last one.
void Gates::shut(proxy::Frontend& frontend, Then then) {
  frontend.standing = Standing::kShut;
  std::erase_if(unix_paths_, [&frontend](const UnixPath& one) {
    if (one.frontend == &frontend) unlink(one.path.c_str());
    return one.frontend == &frontend;
  });
  crew_.each([&frontend](Worker& worker) { worker.stop_listening(frontend); }, std::move(then));
}

void Gates::set_maxconn(proxy::Frontend& frontend, std::uint32_t max) {
  resume(frontend.limit.set_max(max));
}

void Gates::set_maxconn(std::uint32_t max) { resume(shared_.sessions.set_max(max)); }

void Gates::resume(std::uint64_t workers) {
  for (; workers != 0; workers &= workers - 1)
    shared_.resume(static_cast<std::uint32_t>(std::countr_zero(workers)));
}

void Gates::set_connection_rate(std::uint32_t rate) { set_rate(shared_.rates.connections, rate); }

void Gates::set_session_rate(std::uint32_t rate) { set_rate(shared_.rates.sessions, rate); }

void Gates::set_rate(balancer::RateLimit& which, std::uint32_t rate) {
  which.set(rate);
  crew_.each([](Worker& worker) { worker.retry_too_fast(); });
}

std::size_t Gates::listeners() const {
  std::size_t count = 0;
  for (const proxy::Frontend& frontend : fleet_.frontends)
    if (frontend.standing != Standing::kShut) count += frontend.config.binds.size();
  return count;
}

}  // namespace lb
