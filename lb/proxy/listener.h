#pragma once

#include <cstdint>

#include "conf/model.h"
#include "lb/net/address.h"
#include "lb/net/fd.h"
#include "lb/net/loop.h"
#include "lb/net/poller.h"
#include "lb/net/status.h"
#include "lb/net/timer_wheel.h"
#include "lb/proxy/frontend.h"

namespace lb::proxy {

class Listener;

// The worker, as its listeners see it. It outlives them.
class ListenerOwner {
 public:
  // Takes a slot of every limit that a session of this frontend counts against. False: one is full,
  // and this worker will be resumed when a slot comes free.
  [[nodiscard]] virtual bool reserve(Frontend& frontend) = 0;

  // Gives back what reserve() took; no client came for it.
  virtual void unreserve(Frontend& frontend) = 0;

  // A client, with a slot reserved for it.
  virtual void accepted(const Listener& listener, net::Fd fd, const net::SocketAddress& client) = 0;

  // More clients come than a rate lets in, the frontend's or the process's; they wait.
  virtual void too_fast(const Listener& listener) = 0;

  // Descriptors or memory have run out; accepting goes on a moment later.
  virtual void exhausted(const Listener& listener, net::Status why) = 0;

  [[nodiscard]] virtual net::Tick now() const = 0;
  [[nodiscard]] virtual std::uint64_t turn() const = 0;  // counts them

  // The last client that could have connected was accepted; the listener is closed.
  virtual void closed(Listener& listener) = 0;

 protected:
  ~ListenerOwner() = default;
};

// One listening socket in one worker.
class Listener final : private net::Pollable, private net::Timed {
 public:
  // `fd` may be a duplicate of what other workers listen on (UNIX sockets): then finding nobody is
  // normal.
  Listener(ListenerOwner& owner, Frontend& frontend, const conf::Bind& bind, net::Fd fd,
           net::Poller& poller, net::TimerWheel& wheel);

  net::Status start();

  // Accepts again after a limit had stopped it, and tries at once.
  void resume();

  // An operator wants nobody to be let in for now: who connects waits in the kernel's queue.
  void disable();
  void enable();

  // What it waited for because clients came too fast may be over.
  void rate_changed();

  // Whether a slot that comes free could let somebody in here. It could not while a rate is waited
  // for.
  [[nodiscard]] bool has_use_for_slot() const {
    return static_cast<bool>(fd_) && !disabled_ && too_fast_for_ == 0;
  }

  // Stops so that nobody is lost: new connections are kept from the queue, those in it are
  // accepted, then the socket is closed and the owner told. That it was disabled is over.
  void stop();

  // Since stop(): whoever is let in has taken nothing of the frontend's rate.
  [[nodiscard]] bool stopping() const { return stopping_; }

  // Closes at once; the owner is not told.
  void close();

  [[nodiscard]] Frontend& frontend() const { return frontend_; }
  [[nodiscard]] const conf::Bind& bind() const { return bind_; }
  [[nodiscard]] int fd() const { return fd_.get(); }  // -1: closed

 private:
  void on_ready(std::uint32_t events) override;
  void on_due() override;

  enum class Found : std::uint8_t { kClients, kNobody, kFull, kTooFast, kExhausted };
  void attempt();
  void close_for_good();
  [[nodiscard]] Found accept_some();
  void listen_to(std::uint32_t events);

  ListenerOwner& owner_;
  Frontend& frontend_;
  const conf::Bind& bind_;
  net::Fd fd_;
  net::Poller& poller_;
  net::TimerWheel& wheel_;
  std::uint32_t events_ = net::Poller::kLevel;
  int batch_ = 1;  // accepts tried a turn: grows while turn after turn all find a client
  std::uint64_t last_turn_ = 0;  // in which it accepted
  net::Tick too_fast_for_ = 0;   // ms until the rates let one more in
  bool disabled_ = false;
  bool stopping_ = false;
  bool settled_ = false;  // stopping, and the handshakes that were under way are over
};

}  // namespace lb::proxy
