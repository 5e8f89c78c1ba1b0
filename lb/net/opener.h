#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "conf/model.h"
#include "lb/net/fd.h"
#include "lb/net/status.h"

namespace lb::net {

// Where descriptors that may need root come from: listening sockets, log and state files. Direct
// for now; a parent process that kept root can stand behind the same calls.
class Opener {
 public:
  // A listening socket for `bind`, non-blocking. A UNIX socket is one for all workers; for an IP
  // address each worker asks for its own, all in one SO_REUSEPORT group. Accepted sockets inherit
  // the options of `tcp`.
  [[nodiscard]] std::expected<Fd, Status> listen(const conf::Bind& bind, const conf::Tcp& tcp);

  // EADDRINUSE when another process listens there already, which SO_REUSEPORT alone would not show.
  // A UNIX path nobody listens on any more is removed.
  Status probe(const conf::Bind& bind);

  // The socket of an admin listener. A UNIX path nobody listens on any more is replaced; the new
  // one has its owner and mode before anybody can connect.
  [[nodiscard]] std::expected<Fd, Status> listen(const conf::AdminSocket& asked);

  // A log file to append to, made when it is missing.
  [[nodiscard]] std::expected<Fd, Status> open_log(const std::string& path);

  // A file to read, and one to write that is new, for its owner alone: what was there is removed.
  // Any thread.
  [[nodiscard]] std::expected<Fd, Status> open_state(const std::string& path);
  [[nodiscard]] std::expected<Fd, Status> make_state(const std::string& path);
};

// What would be right when an address cannot be listened on, where the system's word alone does not
// say it: "; make the directory first", or nothing.
[[nodiscard]] std::string_view advice(int error, const conf::Address& address);

// Urgent bytes stay where they are in the stream. To be set before the first can arrive: the kernel
// may drop one that nobody has read when the next one comes.
Status keep_urgent_in_line(int fd);

// Other options of a data socket that both sides share; on a listening socket, its accepted ones
// inherit them.
Status set_options(int fd, const conf::Tcp& tcp);

// Makes the close of a TCP socket an RST: what is still unread or unsent is dropped.
void reset_on_close(int fd);

// The address a listening socket has got, after port 0.
[[nodiscard]] std::expected<conf::Address, Status> bound_address(int fd);

}  // namespace lb::net
