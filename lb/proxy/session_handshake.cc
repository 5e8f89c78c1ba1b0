#include <fmt/format.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <string_view>

#include "lb/net/opener.h"
#include "lb/proxy/proxy_protocol.h"
#include "lb/proxy/session.h"

// The PROXY protocol at both ends of a session: the header that its client begins with, and the one
// that its server is sent.
namespace lb::proxy {
namespace {

using telemetry::Cause;
using telemetry::Stage;

// HAProxy's words.
const char* text_of(HeaderFault fault) {
  switch (fault) {
    case HeaderFault::kNoHeader:
      return "Received something which does not look like a PROXY protocol header";
    case HeaderFault::kInvalid:
      return "Received an invalid PROXY protocol header";
    case HeaderFault::kUnhandled:
      return "Received an unhandled protocol in the PROXY protocol header";
    case HeaderFault::kIncomplete:
      break;
  }
  return "Truncated PROXY protocol header received";
}

net::Peer local_end(int fd) {
  net::SocketAddress address;
  if (getsockname(fd, address.room(), address.length()) != 0) return {};
  return address.peer();
}

}  // namespace

// Looks at what has come and leaves it in the socket until the header is whole, so that the bytes
// behind it stay there for the flow.
void Session::read_header() {
  const auto room = host_.mover().scratch.first(kLongestProxyHeader);
  const ssize_t got = recv(client_.fd(), room.data(), room.size(), MSG_PEEK);
  if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
  if (got < 0)
    return fail_handshake(Cause::kClientAbort,
                          "Connection error while waiting for PROXY protocol header");
  if (got == 0)
    return fail_handshake(Cause::kClientAbort,
                          "Connection closed while waiting for PROXY protocol header");

  const auto header = read_proxy_header(room.first(static_cast<std::size_t>(got)));
  if (header) {
    const ssize_t taken = recv(client_.fd(), room.data(), header->size, 0);
    if (taken == static_cast<ssize_t>(header->size)) return be_introduced(*header);
    return fail_handshake(Cause::kInternal, text_of(HeaderFault::kIncomplete));
  }
  if (header.error() != HeaderFault::kIncomplete)
    return fail_handshake(Cause::kProxy, text_of(header.error()));
  if (client_.fin_told || client_.broken())
    fail_handshake(Cause::kClientAbort, text_of(HeaderFault::kIncomplete));
}

void Session::be_introduced(const ProxyHeader& header) {
  const Introduction& says = header.says;
  if (says.has_addresses()) client_peer_ = says.source;
  if (says.has_addresses() || !says.authority.empty() || !says.unique_id.empty())
    told_ = std::make_unique<Told>(says.destination, std::string(says.authority),
                                   std::string(says.unique_id));
  if (!frontend_.enter(client_peer_, host_.now())) {
    entry_ = Entry::kRefused;
    frontend_.counters.of(host_.index()).denied_sessions.add();
    frontend_.give_back_session();
    net::reset_on_close(client_.fd());
    return finish({Cause::kProxy, Stage::kRequest});
  }
  entry_ = Entry::kAdmitted;
  frontend_.counters.of(host_.index()).sessions.add();
  choose_first();
  // What was told of the client together with its header, no event will tell again.
  if (waits()) watch_client();
}

void Session::fail_handshake(Cause cause, const char* why) {
  handshake_error_ = why;
  finish({cause, Stage::kRequest});
}

net::Peer Session::destination() const {
  const bool told = told_ && told_->destination.family != conf::Family::kUnix;
  return told ? told_->destination : local_end(client_.fd());
}

void Session::introduce_client() {
  const auto& asked = at_->config.send_proxy;
  if (!asked) return;
  const fmt::format_int number(id_);
  Introduction says{.source = client_peer_, .unique_id = {number.data(), number.size()}};
  if (told_) {
    says.authority = told_->authority;
    if (!told_->unique_id.empty()) says.unique_id = told_->unique_id;
  }
  says.destination = destination();
  introduced_ = true;
  std::array<std::byte, kLongestWrittenHeader> room;
  const std::size_t size = write_proxy_header(*asked, says, room);
  to_server_.preface(server_, std::span(room).first(size), host_.mover());
}

}  // namespace lb::proxy
