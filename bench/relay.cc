// How little can a proxy on epoll cost? A bare edge-triggered relay in one thread: no limits, no
// timeouts, no log, no choice of server. What it needs is what the kernel asks of everybody.
//
// Usage: tidegate-relay copy|splice LISTEN_IP:PORT SERVER_IP:PORT

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "bench/load/socket.h"

namespace {

constexpr std::size_t kChunk = std::size_t{64} * 1024;    // as Tidegate's scratch buffer
constexpr std::size_t kPipe = std::size_t{256} * 1024;    // as its pipes
constexpr std::size_t kBudget = std::size_t{512} * 1024;  // bytes of one direction in a row
std::array<char, kChunk> scratch;

struct Session;

struct Side {
  Session* session = nullptr;  // of a listener: none
  lb::net::Fd fd = {};
  bool readable = false, writable = false, fin_told = false;
  bool ended = false, shut = false;  // its FIN was read; it was sent the other's
  std::vector<char> kept = {};       // bytes for it that it has not taken
  lb::net::Fd pipe_in = {}, pipe_out = {};
  std::size_t in_pipe = 0;
};

struct Session {
  Side client{.session = this}, server{.session = this};
  bool queued = false;
};

// Moves up to one chunk into `out`'s pipe or, through the scratch buffer, into `out`.
ssize_t take(Side& in, Side& out, bool splicing) {
  if (!splicing) return recv(in.fd.get(), scratch.data(), scratch.size(), 0);
  if (!out.pipe_in) {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_NONBLOCK | O_CLOEXEC) != 0) return -1;
    out.pipe_out = lb::net::Fd(ends[0]);
    out.pipe_in = lb::net::Fd(ends[1]);
    fcntl(ends[1], F_SETPIPE_SZ, kPipe);
  }
  return splice(in.fd.get(), nullptr, out.pipe_in.get(), nullptr, kPipe,
                SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
}

ssize_t give(Side& out, const char* bytes, std::size_t size) {
  if (out.in_pipe == 0) return send(out.fd.get(), bytes, size, MSG_NOSIGNAL);
  return splice(out.pipe_out.get(), nullptr, out.fd.get(), nullptr, out.in_pipe,
                SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
}

// False: the connection is broken. `more`: the budget ended it, and no event will follow.
bool pump(Side& in, Side& out, bool splicing, bool& more) {
  for (std::size_t moved = 0;;) {
    while (out.in_pipe != 0 || !out.kept.empty()) {
      if (!out.writable) return true;
      const ssize_t sent = give(out, out.kept.data(), out.kept.size());
      if (sent < 0 && errno != EAGAIN) return false;
      if (sent < 0) return !(out.writable = false);
      if (out.in_pipe == 0) out.kept.erase(out.kept.begin(), out.kept.begin() + sent);
      if (out.in_pipe != 0) out.in_pipe -= static_cast<std::size_t>(sent);
    }
    if (in.ended && !out.shut) {
      out.shut = true;
      if (!in.shut) shutdown(out.fd.get(), SHUT_WR);  // else both are closed now
    }
    if (in.ended || !in.readable || !out.writable) return true;
    if (moved >= kBudget) return more = true;
    const ssize_t got = take(in, out, splicing);
    if (got < 0 && errno != EAGAIN) return false;
    if (got < 0) in.readable = false;
    if (got == 0) in.ended = true;
    if (got <= 0) continue;
    const auto size = static_cast<std::size_t>(got);
    moved += size;
    if (splicing) out.in_pipe = size;
    if (splicing) continue;
    if (size < kChunk) in.readable = false;
    if (size < kChunk && in.fin_told) in.ended = true;
    const ssize_t sent = give(out, scratch.data(), size);
    if (sent < 0 && errno != EAGAIN) return false;
    if (sent < got) out.writable = false;
    if (sent < got) out.kept.assign(scratch.data() + (sent > 0 ? sent : 0), scratch.data() + size);
  }
}

void watch(int set, Side& side, std::uint32_t events) {
  epoll_event event{.events = events, .data = {.ptr = &side}};
  epoll_ctl(set, EPOLL_CTL_ADD, side.fd.get(), &event);
}

// The set knows the session from now on, and its end comes through pump().
void open(int set, lb::net::Fd accepted, const sockaddr_in& server) {
  constexpr std::uint32_t kEdge = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  auto session = std::make_unique<Session>();
  session->client.fd = std::move(accepted);
  session->server.fd = bench::connect_to(server);
  watch(set, session->client, kEdge);
  watch(set, session->server, kEdge);
  // The events point at it; the end of main() takes it back.
  // NOLINTNEXTLINE(bugprone-unused-return-value): see above.
  static_cast<void>(session.release());
  // NOLINTNEXTLINE(clang-analyzer-cplusplus.NewDeleteLeaks): see above.
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const sockaddr_in listen_at = bench::parse_address(argv[2]).value();
  const sockaddr_in server_at = bench::parse_address(argv[3]).value();
  const bool splicing = std::string_view(argv[1]) == "splice";
  const lb::net::Fd set(epoll_create1(EPOLL_CLOEXEC));
  Side listener{.fd = bench::listen_on(listen_at)};
  watch(set.get(), listener, EPOLLIN);
  std::vector<Session*> ready;  // with news, or with more to move
  for (std::array<epoll_event, 256> events{};;) {
    const int count = epoll_wait(set.get(), events.data(), 256, ready.empty() ? -1 : 0);
    for (int i = 0; i < count; ++i) {
      auto& side = *static_cast<Side*>(events[static_cast<std::size_t>(i)].data.ptr);
      const std::uint32_t told = events[static_cast<std::size_t>(i)].events;
      if (side.session == nullptr) {
        if (auto accepted = bench::accept_from(side.fd.get()))
          open(set.get(), std::move(accepted), server_at);
        continue;
      }
      side.readable |= (told & ~std::uint32_t{EPOLLOUT}) != 0;
      side.writable |= (told & EPOLLOUT) != 0;
      side.fin_told |= (told & EPOLLRDHUP) != 0;
      if (!std::exchange(side.session->queued, true)) ready.push_back(side.session);
    }
    std::erase_if(ready, [&](Session* session) {
      bool more = false;
      auto& [client, server, queued] = *session;
      bool well = pump(client, server, splicing, more);
      well = well && pump(server, client, splicing, more);
      queued = more;
      if (!well || (client.shut && server.shut)) std::unique_ptr<Session>(session).reset();
      return !well || !more;
    });
  }
}
