#include "bench/load/servers.h"

#include <array>
#include <vector>

#include "bench/load/protocol.h"
#include "bench/load/socket.h"

namespace bench {
namespace {

constexpr std::size_t kRoom = std::size_t{16} * 1024;
constexpr int kAcceptsPerTurn = 64;

class ServerSession final : public Connection {
 public:
  ServerSession(lb::net::Fd fd, Loop& loop, SinkTotals& totals)
      : Connection(std::move(fd)), loop_(loop), totals_(totals) {}

  Next on_ready(std::uint32_t events) override {
    if (greeted_ < kMessage) return greet();
    if (purpose_ == Purpose::kUpload) return sink();
    if (purpose_ == Purpose::kDownload) return source(events);
    return echo();
  }

 private:
  Next greet() {
    Message text;
    const auto got = receive_some(fd(), {text.data(), kMessage - greeted_});
    if (!got) return Next::kClose;
    if (greeted_ == 0 && *got > 0) purpose_ = static_cast<Purpose>(text[0]);
    greeted_ += *got;
    if (greeted_ < kMessage) return Next::kStay;
    const bool answered = send_some(fd(), message(purpose_)).has_value();
    return answered && purpose_ != Purpose::kOnce ? Next::kStay : Next::kClose;
  }

  // Messages are small and few under way, so the socket takes the answer at once.
  Next echo() {
    std::array<char, kRoom> room;
    const auto got = receive_some(fd(), room);
    if (!got) return Next::kClose;
    if (*got == 0) return Next::kStay;
    return send_some(fd(), {room.data(), *got}) == got ? Next::kStay : Next::kClose;
  }

  Next sink() {
    const auto got = discard_some(fd(), kChunk);
    if (!got) return Next::kClose;
    totals_.bytes += *got;
    return Next::kStay;
  }

  Next source(std::uint32_t events) {
    if ((events & (EPOLLERR | EPOLLHUP)) != 0) return Next::kClose;
    if ((events & EPOLLIN) != 0) {
      if (!discard_some(fd(), kMessage)) return Next::kClose;
      loop_.listen_to(*this, EPOLLOUT);
    }
    static const std::vector<char> kBytes(kChunk, 'd');
    return send_some(fd(), kBytes) ? Next::kStay : Next::kClose;
  }

  Loop& loop_;
  SinkTotals& totals_;
  std::size_t greeted_ = 0;
  Purpose purpose_ = Purpose::kEcho;
};

class Acceptor final : public Connection {
 public:
  Acceptor(lb::net::Fd fd, Loop& loop, SinkTotals& totals)
      : Connection(std::move(fd)), loop_(loop), totals_(totals) {}

  Next on_ready(std::uint32_t) override {
    for (int count = 0; count < kAcceptsPerTurn; ++count) {
      lb::net::Fd accepted = accept_from(fd());
      if (!accepted) break;
      loop_.add(std::make_unique<ServerSession>(std::move(accepted), loop_, totals_), EPOLLIN);
    }
    return Next::kStay;
  }

 private:
  Loop& loop_;
  SinkTotals& totals_;
};

}  // namespace

void serve(Loop& loop, const sockaddr_in& address, SinkTotals& totals) {
  loop.add(std::make_unique<Acceptor>(listen_on(address), loop, totals), EPOLLIN);
}

}  // namespace bench
