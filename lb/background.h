#pragma once

#include <expected>

#include "lb/net/fd.h"
#include "lb/net/status.h"

namespace lb {

// Opens /dev/null in place of each closed standard stream, so that no socket ever gets the number
// of one and is written to as such. Before anything else is opened.
void fill_standard_streams();

// Goes on in a child that is its own session leader; the parent waits until the child calls
// ready(), and exits 0 then, or 1 when the child ends before. To be called while there is one
// thread.
class Background {
 public:
  // Returns in the child only.
  [[nodiscard]] static std::expected<Background, net::Status> fork();

  // The service works: the parent may go. From here on there is no terminal.
  void ready();

 private:
  explicit Background(net::Fd parent) : parent_(std::move(parent)) {}
  net::Fd parent_;
};

}  // namespace lb
