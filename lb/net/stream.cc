#include "lb/net/stream.h"

#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <memory>
#include <span>
#include <utility>

#include "lb/net/system_call.h"

namespace lb::net {
namespace {

constexpr std::size_t kRead = 16384;
constexpr std::size_t kWorthMoving = 65536;  // so much sent is not kept before what is unsent

bool try_later(int error) { return error == EAGAIN || error == EINTR; }

}  // namespace

std::optional<Credentials> credentials_of(int fd) {
  ucred peer{};
  socklen_t length = sizeof(peer);
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0 || peer.pid == 0)
    return std::nullopt;
  return Credentials{.uid = peer.uid, .pid = peer.pid};
}

Stream::Stream(Loop& loop, Fd fd, Owner& owner) : fd_(std::move(fd)), owner_(owner) {
  auto handle = std::make_unique<uv_poll_t>();
  if (uv_poll_init(loop.raw(), handle.get(), fd_.get()) == 0) handle_.reset(handle.release());
  if (!handle_) {
    broken_ = true;
    return;
  }
  handle_->data = this;
  listen_for_events();
}

void Stream::pause() {
  reading_ = false;
  listen_for_events();
}

void Stream::resume() {
  reading_ = true;
  listen_for_events();
}

void Stream::write(std::string_view bytes) {
  if (broken_ || bytes.empty()) return;
  unsent_ += bytes;
  owes_drained_ = true;
  listen_for_events();
}

void Stream::shut() {
  shut_ = true;
  if (!owes_drained_ && !broken_) shutdown(fd_.get(), SHUT_WR);
}

bool Stream::gone() const {
  pollfd asked{.fd = fd_.get(), .events = 0, .revents = 0};
  return broken_ || (poll(&asked, 1, 0) > 0 && (asked.revents & (POLLHUP | POLLERR)) != 0);
}

void Stream::listen_for_events() {
  if (!handle_) return;
  const int wanted =
      broken_ ? 0 : (reading_ && !ended_ ? UV_READABLE : 0) | (owes_drained_ ? UV_WRITABLE : 0);
  if (wanted == std::exchange(listening_for_, wanted)) return;
  if (wanted == 0) {
    uv_poll_stop(handle_.get());
    return;
  }
  uv_poll_start(handle_.get(), wanted, [](uv_poll_t* handle, int status, int events) {
    if (auto* self = static_cast<Stream*>(handle->data)) self->on_event(status, events);
  });
}

void Stream::on_event(int status, int events) {
  if (status < 0) {
    listening_for_ = 0;  // libuv has stopped by itself
    return break_off();
  }
  if ((events & UV_READABLE) != 0 && reading_ && !ended_) read_some();
  if ((events & UV_WRITABLE) != 0 && !broken_) send_some();
}

// Once an event, so that others get their turn.
void Stream::read_some() {
  std::array<std::byte, kRead> room;  // NOLINT(*-member-init): receive() fills it
  const ssize_t size = receive(fd_.get(), room);
  if (size > 0)
    return owner_.on_bytes(
        {reinterpret_cast<const char*>(room.data()), static_cast<std::size_t>(size)});
  if (size < 0 && try_later(errno)) return;
  if (size < 0) return break_off();
  ended_ = true;
  listen_for_events();
  owner_.on_end();
}

void Stream::send_some() {
  if (pending() != 0) {
    const auto bytes = std::as_bytes(std::span(unsent_).subspan(sent_));
    const ssize_t size = send(fd_.get(), bytes);
    if (size < 0 && !try_later(errno)) return break_off();
    if (size > 0) sent_ += static_cast<std::size_t>(size);
  }
  if (pending() != 0) {
    if (sent_ >= kWorthMoving) unsent_.erase(0, std::exchange(sent_, 0));
    return;
  }
  std::string().swap(unsent_);  // an idle stream holds no buffer
  sent_ = 0;
  owes_drained_ = false;
  if (shut_) shutdown(fd_.get(), SHUT_WR);
  listen_for_events();
  owner_.on_drained();
}

void Stream::break_off() {
  if (std::exchange(broken_, true)) return;
  std::string().swap(unsent_);
  sent_ = 0;
  listen_for_events();
  owner_.on_broken();
}

}  // namespace lb::net
