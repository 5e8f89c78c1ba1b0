#include "lb/proxy/flow.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "lb/net/system_call.h"

namespace lb::proxy {
namespace {

constexpr std::uint8_t kFullReads = 4;    // in a row, before a flow splices
constexpr std::uint8_t kSmallReads = 16;  // in a row, before it copies again
constexpr std::size_t kSmall = std::size_t{8} * 1024;

bool would_block(int error) { return error == EAGAIN || error == EWOULDBLOCK; }

// The call itself is not possible here; the sockets are well.
bool refused(int error) {
  return error == EINVAL || error == ENOSYS || error == EPERM || error == EOPNOTSUPP ||
         error == ENOMEM || error == EBADF;
}

}  // namespace

ssize_t splice_nonblocking(int from, int to, std::size_t size) {
  return ::splice(from, nullptr, to, nullptr, size, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
}

Flow::Turn Flow::move(Endpoint& in, Endpoint& out, Mover& mover) {
  std::size_t moved = 0;
  while (state_ == State::kOpen) {
    if (pending()) {
      if (!out.writable) return Turn::kWaiting;
      flush(out, mover);
      continue;
    }
    if (end_ != End::kNone) {
      return_pipe(mover);
      state_ = end_ == End::kFin ? State::kEnded : State::kLost;
      break;
    }
    if (!in.readable) {
      if (pipe_) return_pipe(mover);
      return Turn::kWaiting;
    }
    if (moved >= kBudget) return Turn::kMore;
    if (out_lost_) {
      const std::size_t size = receive(in, mover);
      dropped_ += size;
      moved += size;
    } else if (splicing_ && !in.urgent) {
      moved += splice(in, mover);
    } else {
      moved += copy(in, out, mover);
    }
  }
  return Turn::kWaiting;
}

void Flow::preface(Endpoint& out, std::span<const std::byte> bytes, Mover& mover) {
  out.tune();  // the client's bytes follow at once
  const std::size_t sent = out.writable ? send(out, bytes, mover) : 0;
  bytes_ = 0;
  if (out_lost_ || sent == bytes.size()) return;
  keep(bytes.subspan(sent));
  preface_left_ = left_;
}

void Flow::stop(Mover& mover) {
  if (in_pipe_ != 0) {
    pipe_.reset();
    mover.pipes.replace_lost();
  }
  return_pipe(mover);
  block_.reset();
  left_ = in_pipe_ = 0;
}

std::size_t Flow::copy(Endpoint& in, Endpoint& out, Mover& mover) {
  const std::size_t size = receive(in, mover);
  if (size == 0) return 0;
  mover.bytes_copied += size;
  const auto bytes = std::span<const std::byte>(mover.scratch.first(size));
  const std::size_t sent = out.writable ? send(out, bytes, mover) : 0;
  if (out_lost_) return size;
  if (sent < size) keep(bytes.subspan(sent));

  streak_ = size == mover.scratch.size() ? static_cast<std::uint8_t>(streak_ + 1) : 0;
  if (may_splice_ && streak_ >= kFullReads) {
    splicing_ = true;
    streak_ = 0;
  }
  return size;
}

// Reads into the scratch buffer. 0: nothing now, or `end_` is set.
std::size_t Flow::receive(Endpoint& in, Mover& mover) {
  for (;;) {
    const ssize_t got = net::receive(in.fd(), mover.scratch);
    if (got > 0) {
      const auto size = static_cast<std::size_t>(got);
      // A short read has emptied the socket, unless it stopped at an urgent mark. What else was
      // told already, a reset behind these bytes, no event will tell again: the next recv() does.
      if (size < mover.scratch.size() && !in.urgent && !in.broken()) {
        in.readable = false;
        if (in.fin_told) end_ = End::kFin;
      }
      return size;
    }
    if (got == 0) {
      end_ = in.reset ? End::kLost : End::kFin;
      in.readable = false;
      return 0;
    }
    if (errno == EINTR) continue;
    in.readable = in.urgent = false;
    if (!would_block(errno)) end_ = End::kLost;
    return 0;
  }
}

// The answer is what `out` took; less than `bytes` means it takes no more now.
std::size_t Flow::send(Endpoint& out, std::span<const std::byte> bytes, Mover& mover) {
  if (bytes_ != 0) out.tune();
  for (;;) {
    const ssize_t sent = net::send(out.fd(), bytes);
    if (sent >= 0) {
      const auto size = static_cast<std::size_t>(sent);
      if (size < bytes.size()) out.writable = false;
      bytes_ += size;
      return size;
    }
    if (errno == EINTR) continue;
    out.writable = false;
    if (!would_block(errno)) lose_out(out, errno, mover);
    return 0;
  }
}

void Flow::keep(std::span<const std::byte> bytes) {
  block_ = std::make_unique_for_overwrite<std::byte[]>(bytes.size());
  std::copy(bytes.begin(), bytes.end(), block_.get());
  left_ = static_cast<std::uint32_t>(bytes.size());
  start_ = 0;
}

void Flow::flush(Endpoint& out, Mover& mover) {
  if (in_pipe_ != 0) return flush_pipe(out, mover);
  const std::size_t sent = send(out, {block_.get() + start_, left_}, mover);
  const std::uint32_t ours = std::min(preface_left_, static_cast<std::uint32_t>(sent));
  preface_left_ -= ours;
  bytes_ -= ours;
  start_ += static_cast<std::uint32_t>(sent);
  left_ -= static_cast<std::uint32_t>(sent);
  if (left_ == 0) block_.reset();
}

std::size_t Flow::splice(Endpoint& in, Mover& mover) {
  if (!pipe_) pipe_ = mover.pipes.borrow();
  if (!pipe_) {
    splicing_ = false;
    return 0;
  }
  const ssize_t got = mover.splice(in.fd(), pipe_->in.get(), net::PipePool::kPipeSize);
  if (got > 0) {
    in_pipe_ = static_cast<std::uint32_t>(got);
    streak_ = in_pipe_ < kSmall ? static_cast<std::uint8_t>(streak_ + 1) : 0;
    if (streak_ >= kSmallReads) {
      splicing_ = false;
      streak_ = 0;
    }
    return in_pipe_;
  }
  if (got < 0 && would_block(errno)) {
    in.readable = false;  // the pipe is empty here, so it is the socket that has nothing
  } else if (got == 0 || errno != EINTR) {
    // An end, an error, or refused. An urgent byte that is the last before either end hides behind
    // it from splice(): recv() has the last word, and this error is no longer there to be told
    // again.
    if (got < 0 && refused(errno)) {
      may_splice_ = false;
    } else if (got < 0) {
      in.reset = true;
    }
    splicing_ = false;
    streak_ = 0;
  }
  return 0;
}

void Flow::flush_pipe(Endpoint& out, Mover& mover) {
  const ssize_t sent = mover.splice(pipe_->out.get(), out.fd(), in_pipe_);
  if (sent > 0) {
    in_pipe_ -= static_cast<std::uint32_t>(sent);
    bytes_ += static_cast<std::uint64_t>(sent);
    mover.bytes_spliced += static_cast<std::uint64_t>(sent);
  } else if (sent < 0 && would_block(errno)) {
    out.writable = false;
  } else if (sent == 0 || refused(errno)) {
    rescue_pipe();
  } else if (errno != EINTR) {
    lose_out(out, errno, mover);
  }
}

// Splicing out of the pipe is refused: what is in it goes on as a block, and the flow copies from
// now on.
void Flow::rescue_pipe() {
  auto block = std::make_unique_for_overwrite<std::byte[]>(in_pipe_);
  std::uint32_t size = 0;
  while (size < in_pipe_) {
    const ssize_t got = read(pipe_->out.get(), block.get() + size, in_pipe_ - size);
    if (got > 0) size += static_cast<std::uint32_t>(got);
    if (got == 0 || (got < 0 && errno != EINTR)) break;
  }
  block_ = std::move(block);
  left_ = size;
  start_ = in_pipe_ = 0;
  splicing_ = may_splice_ = false;
}

// EPIPE: the peer's FIN had come before its RST; anything else consumed the reset that recv() would
// tell.
void Flow::lose_out(Endpoint& out, int error, Mover& mover) {
  out.writable = false;
  out.reset = out.reset || error != EPIPE;
  drop_rest(mover);
}

void Flow::drop_rest(Mover& mover) {
  out_lost_ = true;
  stop(mover);
}

void Flow::return_pipe(Mover& mover) {
  if (!pipe_) return;
  mover.pipes.give_back(std::move(*pipe_));
  pipe_.reset();
}

}  // namespace lb::proxy
