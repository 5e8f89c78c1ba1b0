#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "lb/net/fd.h"

namespace lb::net {

// Kernel memory that bytes rest in between two splices.
struct Pipe {
  Fd out;  // read end
  Fd in;   // write end
};

// The pipes of one worker, all made before root is dropped: as another user, pipes beyond the first
// 1,024 shrink to 8 KiB and beyond 64 MiB cannot be had (pipe(7), pipe-user-pages-soft). An empty
// pool is normal: a flow without a pipe copies.
class PipePool {
 public:
  static constexpr int kPipeSize = 256 * 1024;  // bytes

  PipePool() = default;

  // Makes up to `count` pipes; fewer where the system has no more.
  explicit PipePool(std::size_t count);

  [[nodiscard]] std::optional<Pipe> borrow();
  void give_back(Pipe pipe);  // must be empty; one with bytes in it is closed by its owner instead

  // Replaces a pipe that was lost with bytes in it, if the system has one.
  void replace_lost();

  [[nodiscard]] std::size_t free() const { return free_.size(); }
  [[nodiscard]] const std::vector<Pipe>& all_free() const { return free_; }
  [[nodiscard]] std::size_t lent() const { return lent_; }

 private:
  std::vector<Pipe> free_;
  std::size_t lent_ = 0;
};

// Whether splice(2) moves bytes here; some containers forbid it. Probed with a pipe and a pair of
// sockets.
[[nodiscard]] bool splice_works();

}  // namespace lb::net
