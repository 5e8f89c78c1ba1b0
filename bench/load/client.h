#pragma once

#include <netinet/in.h>

#include <cstddef>
#include <cstdint>
#include <memory>

#include "bench/load/loop.h"
#include "bench/load/protocol.h"

namespace bench {

class Client;

// Who is told what becomes of a client session.
class ClientOwner {
 public:
  // The server has answered the first message: the whole path is there.
  virtual void on_open(Client& client) = 0;
  virtual void on_bytes(Client& client, std::size_t bytes) = 0;
  // The last call; `failed`: not by the server's FIN where that is meant to come.
  virtual void on_end(Client& client, bool failed) = 0;

 protected:
  ~ClientOwner() = default;
};

// The client's end of one session through the proxy.
class Client final : public Connection {
 public:
  // Begins to connect; the loop owns it.
  static Client& open(Loop& loop, const sockaddr_in& proxy, Purpose purpose, std::size_t index,
                      ClientOwner& owner);

  Client(lb::net::Fd fd, Loop& loop, Purpose purpose, std::size_t index, ClientOwner& owner);

  Next on_ready(std::uint32_t events) override;

  // Sends one message. Once open, and while the few before it were taken.
  void say();
  // Sends without end.
  void pour();
  // Sends its FIN; the server's is meant to follow.
  void hang_up();

  [[nodiscard]] std::size_t index() const { return index_; }

 private:
  enum class State : std::uint8_t { kConnecting, kGreeting, kOpen };

  Next greet();
  Next read();
  Next end(bool failed);

  Loop& loop_;
  ClientOwner& owner_;
  const std::size_t index_;
  std::size_t answered_ = 0;  // bytes of the first answer
  const Purpose purpose_;
  bool end_expected_;
  State state_ = State::kConnecting;
};

}  // namespace bench
