#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <thread>
#include <utility>
#include <vector>

#include "lb/net/fd.h"
#include "lb/net/loop.h"
#include "lb/net/pipe_pool.h"
#include "lb/net/poller.h"
#include "lb/proxy/endpoint.h"
#include "lb/proxy/flow.h"

namespace test {

// A connected pair of blocking TCP sockets on loopback.
std::pair<lb::net::Fd, lb::net::Fd> tcp_pair();

// The byte that stands at an offset of a test stream.
inline std::byte pattern(std::uint64_t offset) {
  return static_cast<std::byte>((offset * 2654435761U) >> 24U);
}

// Writes bytes [from, to) of the stream.
void write_stream(int fd, std::uint64_t from, std::uint64_t to, std::size_t chunk = 65536);

// Reads until the end: how many bytes came, whether each was right, and the error that ended it (0:
// FIN).
struct Received {
  std::uint64_t bytes = 0;
  bool right = true;
  int error = 0;
};
Received read_stream(int fd);

// One flow between two real sockets, on a loop of its own: sender -> in | out -> receiver.
class FlowRig final : lb::proxy::EndpointOwner {
 public:
  explicit FlowRig(bool may_splice, std::size_t pipes = 2,
                   lb::proxy::SpliceCall splice = lb::proxy::splice_nonblocking);
  ~FlowRig();

  // Runs until the flow is over, while `feed` writes to the sender and `take` reads from the
  // receiver, each on a thread of its own.
  Received run(const std::function<void(int sender)>& feed,
               const std::function<Received(int receiver)>& take = read_stream);

  lb::net::PipePool pool;
  lb::net::Fd sender;
  lb::net::Fd receiver;
  lb::proxy::Flow flow;
  lb::proxy::Mover mover;

 private:
  void on_endpoint(lb::proxy::Endpoint& endpoint) override;
  void pump();

  std::vector<std::byte> scratch_;
  lb::net::Loop loop_;
  lb::net::Poller poller_;
  bool more_ = false;
  lb::proxy::Endpoint in_;
  lb::proxy::Endpoint out_;
};

}  // namespace test
