#include "lb/net/pipe_pool.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <utility>

namespace lb::net {
namespace {

std::optional<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_NONBLOCK | O_CLOEXEC) != 0) return std::nullopt;
  Pipe pipe{.out = Fd(ends[0]), .in = Fd(ends[1])};
  fcntl(pipe.in.get(), F_SETPIPE_SZ,
        PipePool::kPipeSize);  // refused: it works at its size, in smaller steps
  return pipe;
}

}  // namespace

PipePool::PipePool(std::size_t count) {
  free_.reserve(count);
  while (free_.size() < count) {
    auto pipe = make_pipe();
    if (!pipe) break;
    free_.push_back(std::move(*pipe));
  }
}

std::optional<Pipe> PipePool::borrow() {
  if (free_.empty()) return std::nullopt;
  Pipe pipe = std::move(free_.back());
  free_.pop_back();
  ++lent_;
  return pipe;
}

bool splice_works() {
  const auto pipe = make_pipe();
  std::array<int, 2> pair{};
  if (!pipe || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()) != 0) return false;
  const Fd near(pair[0]);
  const Fd far(pair[1]);
  const char byte = 0;
  return write(far.get(), &byte, 1) == 1 &&
         splice(near.get(), nullptr, pipe->in.get(), nullptr, 1, SPLICE_F_NONBLOCK) == 1 &&
         splice(pipe->out.get(), nullptr, far.get(), nullptr, 1, SPLICE_F_NONBLOCK) == 1;
}

void PipePool::give_back(Pipe pipe) {
  --lent_;
  free_.push_back(std::move(pipe));
}

void PipePool::replace_lost() {
  --lent_;
  if (auto pipe = make_pipe()) free_.push_back(std::move(*pipe));
}

}  // namespace lb::net
