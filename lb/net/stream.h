#pragma once

#include <sys/types.h>
#include <uv.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "lb/net/fd.h"
#include "lb/net/loop.h"

namespace lb::net {

// Who is on the other side of a UNIX socket, as the kernel saw it connect.
struct Credentials {
  uid_t uid = 0;
  pid_t pid = 0;
};
[[nodiscard]] std::optional<Credentials> credentials_of(int fd);

// A connected byte stream, TCP or UNIX, for talk that is not the data path's: what it reads goes to
// its owner, what it is given to write waits here until the other side takes it. It belongs to its
// loop's thread; destroying it closes it, and nothing is called afterwards.
class Stream {
 public:
  // Called from the loop only, never from within a call of Stream. None may destroy the stream; the
  // owner does so in a later turn.
  class Owner {
   public:
    virtual void on_bytes(std::string_view bytes) = 0;
    virtual void on_end() = 0;      // the other side sends no more; it may go on reading
    virtual void on_drained() = 0;  // once after write(), when all of it is with the kernel
    virtual void on_broken() = 0;   // nothing passes any more; the last call

   protected:
    ~Owner() = default;
  };

  // `fd` is non-blocking. It reads from the start.
  Stream(Loop& loop, Fd fd, Owner& owner);
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  // Nothing is read until resume(): the other side's bytes stay with the kernel, then with it.
  void pause();
  void resume();

  void write(std::string_view bytes);
  [[nodiscard]] std::size_t pending() const { return unsent_.size() - sent_; }

  // Sends the FIN when all that was written is out. Reading goes on.
  void shut();

  // Whether the other side has closed, so that nobody could read what is written. It asks the
  // kernel, which knows it of TCP only once something was written.
  [[nodiscard]] bool gone() const;

  [[nodiscard]] int fd() const { return fd_.get(); }

 private:
  void on_event(int status, int events);
  void read_some();
  void send_some();
  void listen_for_events();
  void break_off();

  Fd fd_;
  Owner& owner_;
  std::string unsent_;
  std::size_t sent_ = 0;  // of unsent_
  bool owes_drained_ = false;
  bool reading_ = true;
  bool ended_ = false;
  bool shut_ = false;
  bool broken_ = false;
  int listening_for_ = 0;
  Handle<uv_poll_t> handle_;  // closed before fd_
};

}  // namespace lb::net
