#include "bench/load/client.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <optional>
#include <vector>

#include "bench/load/socket.h"

namespace bench {
namespace {

constexpr std::size_t kRoom = std::size_t{16} * 1024;

}  // namespace

Client& Client::open(Loop& loop, const sockaddr_in& proxy, Purpose purpose, std::size_t index,
                     ClientOwner& owner) {
  return loop.add(
      std::make_unique<Client>(connect_from_next_source(proxy), loop, purpose, index, owner),
      EPOLLOUT);
}

Client::Client(lb::net::Fd fd, Loop& loop, Purpose purpose, std::size_t index, ClientOwner& owner)
    : Connection(std::move(fd)),
      loop_(loop),
      owner_(owner),
      index_(index),
      purpose_(purpose),
      end_expected_(purpose == Purpose::kOnce) {}

Connection::Next Client::on_ready(std::uint32_t events) {
  if (state_ == State::kConnecting) return greet();
  if ((events & EPOLLOUT) != 0) {
    static const std::vector<char> kBytes(kChunk, 'u');
    if (!send_some(fd(), kBytes)) return end(true);
  }
  return (events & ~std::uint32_t{EPOLLOUT}) != 0 ? read() : Next::kStay;
}

Connection::Next Client::greet() {
  state_ = State::kGreeting;
  if (send_some(fd(), message(purpose_)) != kMessage) return end(true);
  loop_.listen_to(*this, EPOLLIN);
  return Next::kStay;
}

Connection::Next Client::read() {
  std::optional<std::size_t> got;
  if (state_ == State::kOpen && purpose_ == Purpose::kDownload) {
    got = discard_some(fd(), kChunk);
  } else {
    std::array<char, kRoom> room;
    got = receive_some(fd(), room);
  }
  if (!got) return end(errno != 0 || state_ != State::kOpen || !end_expected_);
  if (state_ == State::kOpen) {
    owner_.on_bytes(*this, *got);
    return Next::kStay;
  }
  answered_ += *got;
  if (answered_ >= kMessage) {
    state_ = State::kOpen;
    owner_.on_open(*this);
  }
  return Next::kStay;
}

Connection::Next Client::end(bool failed) {
  owner_.on_end(*this, failed);
  return Next::kClose;
}

void Client::say() { send_some(fd(), message(purpose_)); }

void Client::hang_up() {
  end_expected_ = true;
  shutdown(fd(), SHUT_WR);
}

void Client::pour() { loop_.listen_to(*this, EPOLLIN | EPOLLOUT); }

}  // namespace bench
