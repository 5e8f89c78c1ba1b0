#pragma once

#include <signal.h>
#include <time.h>
#include <uv.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <thread>

namespace lb::net {

// Milliseconds of the monotonic clock; a loop or a poller reads it once a turn.
using Tick = std::uint64_t;
inline constexpr Tick kNever = std::numeric_limits<Tick>::max();
[[nodiscard]] inline Tick read_clock() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);  // as libuv does, less its way through nanoseconds
  return static_cast<Tick>(now.tv_sec) * 1000 + static_cast<Tick>(now.tv_nsec) / 1'000'000;
}

// One libuv loop; everything created on it belongs to the thread that runs it. It must outlive its
// handles.
class Loop {
 public:
  Loop();
  ~Loop();  // lets the last close callbacks run
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  void run();   // until stop()
  void stop();  // this thread only

  // For a thread that blocks elsewhere and has this loop embedded there. Its turn, which does not
  // block, is due when its descriptor is readable, and at due().
  [[nodiscard]] int backend() const { return uv_backend_fd(&loop_); }
  [[nodiscard]] Tick due() const { return due_; }
  void run_ready();

  // A handle was started, stopped or closed: what was due may be so no more.
  void stir() { due_ = 0; }

  // From now on it belongs to the calling thread; run() says so by itself.
  void move_here() { runner_ = std::this_thread::get_id(); }

  // To be called in a child before anything else: its kernel objects are still its parent's.
  void after_fork();

  // Asserts that the caller is the thread that runs the loop.
  void assert_here() const;

  [[nodiscard]] Tick now() const { return uv_now(&loop_); }
  [[nodiscard]] uv_loop_t* raw() { return &loop_; }

 private:
  uv_loop_t loop_{};
  std::thread::id runner_;
  Tick due_ = 0;  // 0: to be asked
};

// Frees a handle the one way libuv allows: close it now, delete it in the close callback.
// `data` is cleared first, so a callback already queued finds no owner and returns.
struct CloseHandle {
  template <typename H>
  void operator()(H* handle) const {
    handle->data = nullptr;
    static_cast<Loop*>(handle->loop->data)->stir();
    uv_close(reinterpret_cast<uv_handle_t*>(handle),
             [](uv_handle_t* closed) { delete reinterpret_cast<H*>(closed); });
  }
};
template <typename H>
using Handle = std::unique_ptr<H, CloseHandle>;  // only for a handle whose uv_*_init has succeeded

using Callback = std::function<void()>;

// Calls back once after a delay. Destroying it cancels.
class Timer {
 public:
  Timer(Loop& loop, Callback call);
  void start(std::chrono::milliseconds delay);  // restarts the countdown when it is already running
  void stop();

 private:
  Callback call_;
  Handle<uv_timer_t> handle_;
};

// Calls back on a signal.
class Signal {
 public:
  Signal(Loop& loop, int number, Callback call);

 private:
  Callback call_;
  Handle<uv_signal_t> handle_;
};

// While it lives, threads that are started get no signal: those are for the control thread.
class SignalsBlocked {
 public:
  SignalsBlocked();
  ~SignalsBlocked();
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  sigset_t before_{};
};

// Calls back on its loop soon after send(), which any thread may call; calls may be merged.
class Async {
 public:
  Async(Loop& loop, Callback call);
  void send();

 private:
  Callback call_;
  Handle<uv_async_t> handle_;
};

}  // namespace lb::net
