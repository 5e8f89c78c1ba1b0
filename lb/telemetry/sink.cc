#include "lb/telemetry/sink.h"

#include <poll.h>

#include <algorithm>
#include <cerrno>

namespace lb::telemetry {

bool Sink::has_room(int fd, bool in_outage) {
  using std::chrono::steady_clock;
  pollfd asked{.fd = fd, .events = POLLOUT, .revents = 0};
  int ready = 0;
  do {
    const auto began = steady_clock::now();
    ready = ::poll(&asked, 1, in_outage ? 0 : static_cast<int>(patience_.count()));
    const auto waited = steady_clock::now() - began;
    patience_ -= std::min(patience_, std::chrono::ceil<std::chrono::milliseconds>(waited));
  } while (ready < 0 && errno == EINTR);
  if (ready == 0) outage_.because("their reader did not keep up");
  return ready > 0;
}

std::uint64_t count_lines(std::string_view text) {
  return static_cast<std::uint64_t>(std::ranges::count(text, '\n'));
}

}  // namespace lb::telemetry
