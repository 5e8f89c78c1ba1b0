#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "lb/net/pipe_pool.h"
#include "lb/proxy/endpoint.h"

namespace lb::proxy {

// Moves up to `size` bytes between a socket and a pipe without blocking: splice(2), or a test's
// stand-in.
using SpliceCall = ssize_t (*)(int from, int to, std::size_t size);
[[nodiscard]] ssize_t splice_nonblocking(int from, int to, std::size_t size);

// What a worker's flows share. One thread.
struct Mover {
  std::span<std::byte> scratch;  // every recv() goes here
  net::PipePool& pipes;
  SpliceCall splice = splice_nonblocking;
  std::uint64_t bytes_copied = 0;
  std::uint64_t bytes_spliced = 0;
  [[nodiscard]] std::uint64_t bytes() const { return bytes_copied + bytes_spliced; }
};

// One direction of a session. While bytes wait to be written it does not read, so what it holds is
// bounded by one scratch buffer or one pipe; an idle flow holds nothing.
class Flow {
 public:
  enum class State : std::uint8_t {
    kOpen,
    kEnded,  // `in` sent its FIN and every byte before it was taken by `out`
    kLost,   // `in` was reset or died, and every byte before that was taken by `out`
  };
  enum class Turn : std::uint8_t {
    kWaiting,  // nothing more to do before an event
    kMore,     // the byte budget is spent: nobody will call again by itself
  };

  // Bytes one call of pump() moves at most, so that bulk does not starve the other sessions of its
  // worker.
  static constexpr std::size_t kBudget = std::size_t{1024} * 1024;

  explicit Flow(bool may_splice) : may_splice_(may_splice) {}

  // Moves what can be moved now.
  Turn pump(Endpoint& in, Endpoint& out, Mover& mover) {
    const bool idle = !in.readable && !pending() && end_ == End::kNone && !pipe_;
    return idle ? Turn::kWaiting : move(in, out, mover);
  }

  // Sends bytes of our own ahead of those of `in`; they are not counted. Before the first pump().
  void preface(Endpoint& out, std::span<const std::byte> bytes, Mover& mover);

  // From now on what `in` sends is read and dropped, which dropped() counts.
  void drop_rest(Mover& mover);

  // Gives the pipe back before the worker's pool goes. What was still in it is lost.
  void stop(Mover& mover);

  [[nodiscard]] State state() const { return state_; }
  // `out` takes nothing any more: what `in` still sends is read and dropped, so that its end is
  // seen.
  [[nodiscard]] bool out_lost() const { return out_lost_; }
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }  // taken by `out`'s kernel
  [[nodiscard]] std::uint64_t dropped() const { return dropped_; }
  [[nodiscard]] bool pending() const { return left_ != 0 || in_pipe_ != 0; }  // read, not yet taken
  [[nodiscard]] bool splicing() const { return splicing_; }
  [[nodiscard]] std::size_t block_size() const { return block_ ? start_ + left_ : 0; }
  [[nodiscard]] const std::optional<net::Pipe>& pipe() const { return pipe_; }
  // It moves much at a time: what it has now can wait for those that do not.
  [[nodiscard]] bool bulk() const { return splicing_ || streak_ != 0; }

 private:
  enum class End : std::uint8_t { kNone, kFin, kLost };

  Turn move(Endpoint& in, Endpoint& out, Mover& mover);
  void flush(Endpoint& out, Mover& mover);
  void flush_pipe(Endpoint& out, Mover& mover);
  void rescue_pipe();
  std::size_t copy(Endpoint& in, Endpoint& out, Mover& mover);
  std::size_t splice(Endpoint& in, Mover& mover);
  std::size_t receive(Endpoint& in, Mover& mover);
  std::size_t send(Endpoint& out, std::span<const std::byte> bytes, Mover& mover);
  void keep(std::span<const std::byte> bytes);
  void lose_out(Endpoint& out, int error, Mover& mover);
  void return_pipe(Mover& mover);

  std::uint64_t bytes_ = 0;
  std::uint64_t dropped_ = 0;
  std::unique_ptr<std::byte[]> block_;  // what `out` did not take; only while it waits
  std::uint32_t left_ = 0;              // bytes in block_, from start_
  std::uint32_t start_ = 0;
  std::uint32_t preface_left_ = 0;  // of block_: bytes of our own
  std::optional<net::Pipe> pipe_;
  std::uint32_t in_pipe_ = 0;
  State state_ = State::kOpen;
  End end_ = End::kNone;  // what `in` has told, while bytes before it still wait
  bool may_splice_;
  bool splicing_ = false;
  bool out_lost_ = false;
  std::uint8_t streak_ = 0;  // full reads while copying, small ones while splicing
};

}  // namespace lb::proxy
