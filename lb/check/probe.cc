#include "lb/check/probe.h"

#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <span>
#include <utility>
#include <variant>

#include "lb/net/opener.h"
#include "lb/net/system_call.h"
#include "lb/proxy/dial.h"
#include "lb/proxy/proxy_protocol.h"

namespace lb::check {
namespace {

using health::Dialog;
using health::Verdict;

// Woken so much later than it asked for, a probe does not take its own delay for the server's.
constexpr net::Tick kTolerance = 100;  // ms, above the slots of the wheel

bool would_block(int error) { return error == EAGAIN || error == EWOULDBLOCK; }

std::string sentence(int error) { return net::Status(error).message(); }

conf::Address target_of(const conf::Address& usual, const health::Connect& step) {
  conf::Address to = step.address.value_or(usual);
  to.port = step.port.value_or(usual.port);
  return to;
}

}  // namespace

void Probe::start(const health::Plan& plan, const Route& route, bool down) {
  route_ = &route;
  input_.clear();
  dialog_.emplace(plan, down);
  expect_by(route.connect_limit);
  follow(dialog_->begin());
  advance();
}

void Probe::cancel() {
  dialog_.reset();
  close();
  net::TimerWheel::cancel(*this);
}

void Probe::on_ready(std::uint32_t /*events*/) {
  if (dialog_) advance();
}

// Before the server is blamed, a last look: its answer may have come while others were served.
void Probe::on_due() {
  const net::Tick due = due_;
  advance();
  if (!dialog_ || due_ != due) return;
  if (ground_.poller.now() > due + kTolerance) return postpone(0);
  end(dialog_->timed_out());
}

void Probe::advance() {
  while (dialog_ && progress()) continue;
}

// Whether what it waited for is there, and has led to something else.
bool Probe::progress() {
  switch (waiting_) {
    case Waiting::kNothing:
      return false;
    case Waiting::kConnection:
      return pass_connection();
    case Waiting::kRoom:
      if (!send_rest()) return false;
      follow(std::exchange(introducing_, false) ? dialog_->connected() : dialog_->sent());
      return true;
    case Waiting::kBytes:
      return receive();
  }
  return false;
}

void Probe::follow(Dialog::Act act) {
  if (auto* verdict = std::get_if<Verdict>(&act)) return end(std::move(*verdict));
  if (const auto* connects = std::get_if<const health::Connect*>(&act)) return connect(**connects);
  if (const auto* sends = std::get_if<const health::Send*>(&act)) {
    unsent_ = (*sends)->bytes;
    waiting_ = Waiting::kRoom;
  } else {
    waiting_ = Waiting::kBytes;
  }
}

void Probe::connect(const health::Connect& step) {
  close();
  const net::SocketAddress target(target_of(route_->address, step));
  header_version_ = route_->send_proxy;
  if (step.send_proxy && !header_version_) header_version_ = conf::SendProxy::Version::kV1;
  auto dialled = proxy::dial(target, route_->backend->source_for(target));
  if (!dialled) {
    const int error = dialled.error().error();
    return proxy::our_fault(error) ? postpone(error) : end(dialog_->refused(sentence(error)));
  }
  fd_ = std::move(dialled->fd);
  if (auto added = ground_.poller.add(fd_.get(), net::Poller::kEdge, *this); !added.ok())
    return postpone(added.error());
  if (route_->answer_limit) expect_by(route_->connect_limit);
  waiting_ = Waiting::kConnection;
}

bool Probe::pass_connection() {
  pollfd look{.fd = fd_.get(), .events = POLLOUT, .revents = 0};
  if (poll(&look, 1, 0) != 1) return false;
  const int error = proxy::connect_error(fd_.get());
  if (error != 0) {
    end(dialog_->refused(sentence(error)));
    return false;
  }
  if (route_->answer_limit) expect_by(*route_->answer_limit);
  if (header_version_) {
    introduce();
  } else {
    follow(dialog_->connected());
  }
  return true;
}

// HAProxy's checks say by version 1 who and where they are themselves, by version 2 that the
// connection is the proxy's own.
void Probe::introduce() {
  const conf::SendProxy asked{.version = *header_version_};
  proxy::Introduction own;
  if (asked.version == conf::SendProxy::Version::kV1) {
    net::SocketAddress here;
    net::SocketAddress there;
    if (getsockname(fd_.get(), here.room(), here.length()) == 0) own.source = here.peer();
    if (getpeername(fd_.get(), there.room(), there.length()) == 0) own.destination = there.peer();
  }
  std::array<std::byte, proxy::kLongestWrittenHeader> room{};
  const std::size_t size = proxy::write_proxy_header(asked, own, room);
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes are bytes.
  header_.assign(reinterpret_cast<const char*>(room.data()), size);
  unsent_ = header_;
  introducing_ = true;
  waiting_ = Waiting::kRoom;
}

// Whether all of it has gone.
bool Probe::send_rest() {
  while (!unsent_.empty()) {
    const ssize_t sent = net::send(fd_.get(), std::as_bytes(std::span(unsent_)));
    if (sent >= 0) {
      unsent_.remove_prefix(static_cast<std::size_t>(sent));
      continue;
    }
    if (errno == EINTR) continue;
    if (!would_block(errno)) end(dialog_->failed(sentence(errno)));
    return false;
  }
  return true;
}

bool Probe::receive() {
  std::array<std::byte, 4096> room;  // NOLINT(cppcoreguidelines-pro-type-member-init): filled next
  const ssize_t got = net::receive(fd_.get(), room);
  if (got < 0 && errno == EINTR) return true;
  if (got < 0 && would_block(errno)) return false;
  if (got < 0) {
    follow(dialog_->ended(sentence(errno)));
  } else if (got == 0) {
    follow(dialog_->ended());
  } else {
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes are bytes.
    const auto* const bytes = reinterpret_cast<const char*>(room.data());
    follow(dialog_->received({bytes, static_cast<std::size_t>(got)}));
  }
  return true;
}

// ---- ends

void Probe::expect_by(std::chrono::milliseconds limit) {
  due_ = ground_.poller.now() + static_cast<net::Tick>(limit.count());
  ground_.wheel.schedule(*this, due_);
}

void Probe::close() {
  waiting_ = Waiting::kNothing;
  if (fd_) net::reset_on_close(fd_.get());
  fd_.reset();
}

void Probe::end(Verdict verdict) {
  input_ = dialog_->input();
  cancel();
  owner_.on_verdict(std::move(verdict));
}

void Probe::postpone(int error) {
  cancel();
  owner_.on_postponed(error);
}

}  // namespace lb::check
