#pragma once

#include <uv.h>

#include <functional>

#include "lb/net/fd.h"
#include "lb/net/loop.h"

namespace lb::net {

// Accepts the clients of a listening socket on a loop. Destroying it closes the socket; who waits
// there is turned away.
class StreamServer {
 public:
  // `arrived` is called from the loop with each client's non-blocking descriptor. It may pause().
  using Arrived = std::function<void(Fd client)>;

  StreamServer(Loop& loop, Fd listening, Arrived arrived);
  StreamServer(const StreamServer&) = delete;
  StreamServer& operator=(const StreamServer&) = delete;

  // Further clients wait in the backlog. Without descriptors it does so by itself, for a moment.
  void pause();
  void resume();

 private:
  void accept_some();
  void listen_for_events();

  Fd fd_;
  Arrived arrived_;
  bool paused_ = false;
  bool short_of_descriptors_ = false;
  Timer again_;
  Handle<uv_poll_t> handle_;  // closed before fd_
};

}  // namespace lb::net
