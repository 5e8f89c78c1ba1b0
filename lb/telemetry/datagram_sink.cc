#include "lb/telemetry/datagram_sink.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <utility>

#include "lb/net/status.h"

namespace lb::telemetry {
namespace {

constexpr std::chrono::seconds kOpenEvery{1};
constexpr std::chrono::seconds kNoRefusalFor{1};
constexpr unsigned kTries = 3;  // of one line

}  // namespace

DatagramSink::DatagramSink(const conf::LogTarget& target, AppendNote append_note)
    : Sink(fmt::format("syslog {}", conf::to_string(target.address)), std::move(append_note)),
      address_(target.address) {
  if (!open()) set_warning(fmt::format("{}: {}; looked for each second", name(), outage_.why()));
}

// Connected, a UDP socket learns that nobody listens, and a UNIX one can be waited for.
bool DatagramSink::open() {
  net::Fd fd(::socket(address_.family(), SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const bool connected = fd && ::connect(fd.get(), address_.data(), address_.size()) == 0;
  if (!connected) {
    outage_.because(net::Status(errno).message());
    return false;
  }
  fd_ = std::move(fd);
  return true;
}

bool DatagramSink::open_again() {
  fd_.reset();
  if (opened_again_ && now_ - *opened_again_ < kOpenEvery) return false;
  opened_again_ = now_;
  return open();
}

void DatagramSink::take(std::string_view lines) {
  const bool well = (fd_ || open_again()) && recover();
  outage_.drop(count_lines(well ? send(lines) : lines), now_);
}

// False: the target still takes nothing. Of a refusal UDP hears only after the next line, so that
// outage is over when nothing was refused for a while; meanwhile lines are sent.
bool DatagramSink::recover() {
  if (!outage_.goes_on()) return true;
  int refused = 0;
  socklen_t size = sizeof(refused);
  ::getsockopt(fd_.get(), SOL_SOCKET, SO_ERROR, &refused, &size);
  if (refused == ECONNREFUSED && address_.family() != AF_UNIX) count_refusal();
  if (refused_ && now_ - *refused_ < kNoRefusalFor) return true;
  std::string note;
  append_told_here(note);
  const auto before = refused_;
  if (!send(note).empty()) return false;
  if (refused_ == before) outage_.over();
  return true;
}

// A refusal speaks of a line that was sent before.
void DatagramSink::count_refusal() {
  outage_.because(net::Status(ECONNREFUSED).message());
  outage_.drop(1, now_);
  refused_ = now_;
}

// Returns the lines that were not taken. Single ones that cannot be are left out and counted. One
// call a line: sendmmsg(2) would not tell of a refusal in its midst.
std::string_view DatagramSink::send(std::string_view lines) {
  unsigned tries = 0;
  while (!lines.empty()) {
    const std::size_t line = lines.find('\n') + 1;
    const bool sent = ::send(fd_.get(), lines.data(), line, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0;
    Next next = Next::kSkipLine;
    if (!sent) next = after(errno);
    if (next == Next::kGiveUp || (!sent && ++tries >= kTries)) return lines;
    if (next == Next::kAgain) continue;
    if (!sent) outage_.drop(1, now_);
    lines.remove_prefix(line);
    tries = 0;
  }
  return {};
}

DatagramSink::Next DatagramSink::after(int error) {
  if (error == EINTR) return Next::kAgain;
  if (error == EAGAIN) return has_room(fd_.get(), outage_.goes_on()) ? Next::kAgain : Next::kGiveUp;
  outage_.because(net::Status(error).message());
  switch (error) {
    case ENOBUFS:
    case ENOMEM:
      return Next::kGiveUp;
    case EMSGSIZE:
      return Next::kSkipLine;
    case ECONNREFUSED:
      if (address_.family() == AF_UNIX) break;
      count_refusal();
      return Next::kAgain;
    default:
      break;
  }
  return open_again() ? Next::kAgain : Next::kGiveUp;
}

}  // namespace lb::telemetry
