#include "lb/net/loop.h"

#include <cassert>
#include <ctime>
#include <stdexcept>
#include <string>
#include <utility>

namespace lb::net {
namespace {

// Setting up a handle fails only when the process has no descriptor left for it.
void must(int result, const char* what) {
  if (result != 0) throw std::runtime_error(std::string(what) + ": " + uv_strerror(result));
}

template <typename H>
void call_owner(H* handle) {
  if (auto* call = static_cast<Callback*>(handle->data)) (*call)();
}

// `init` has already succeeded on it, so closing is the way to free it from here on.
template <typename H, typename Init>
Handle<H> make_handle(Callback& call, Init init) {
  auto raw = std::make_unique<H>();
  must(init(raw.get()), "event loop");
  raw->data = &call;
  static_cast<Loop*>(raw->loop->data)->stir();
  return Handle<H>(raw.release());
}

}  // namespace

Loop::Loop() {
  must(uv_loop_init(&loop_), "event loop");
  loop_.data = this;
}

Loop::~Loop() {
  uv_run(&loop_, UV_RUN_DEFAULT);
  [[maybe_unused]] const int result = uv_loop_close(&loop_);
  assert(result == 0);
}

void Loop::run() {
  move_here();
  uv_run(&loop_, UV_RUN_DEFAULT);
}

void Loop::stop() {
  assert_here();
  uv_stop(&loop_);
}

void Loop::run_ready() {
  uv_run(&loop_, UV_RUN_NOWAIT);
  // A loop without handles would not have anybody wait.
  const int patience = uv_loop_alive(&loop_) != 0 ? uv_backend_timeout(&loop_) : -1;
  due_ = patience < 0 ? kNever : uv_now(&loop_) + static_cast<Tick>(patience);
}

void Loop::assert_here() const { assert(runner_ == std::this_thread::get_id()); }
void Loop::after_fork() { must(uv_loop_fork(&loop_), "event loop"); }

Timer::Timer(Loop& loop, Callback call) : call_(std::move(call)) {
  handle_ = make_handle<uv_timer_t>(call_, [&](auto* h) { return uv_timer_init(loop.raw(), h); });
}

void Timer::start(std::chrono::milliseconds delay) {
  uv_update_time(handle_->loop);  // which an embedded loop does only in its own turns
  static_cast<Loop*>(handle_->loop->data)->stir();
  uv_timer_start(handle_.get(), call_owner<uv_timer_t>, static_cast<std::uint64_t>(delay.count()),
                 0);
}

void Timer::stop() { uv_timer_stop(handle_.get()); }

Signal::Signal(Loop& loop, int number, Callback call) : call_(std::move(call)) {
  handle_ = make_handle<uv_signal_t>(call_, [&](auto* h) { return uv_signal_init(loop.raw(), h); });
  must(uv_signal_start(
           handle_.get(),
           [](uv_signal_t* handle, int) {
             if (auto* owner = static_cast<Callback*>(handle->data)) (*owner)();
           },
           number),
       "signal");
}

SignalsBlocked::SignalsBlocked() {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before_);
}

SignalsBlocked::~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

Async::Async(Loop& loop, Callback call) : call_(std::move(call)) {
  handle_ = make_handle<uv_async_t>(call_, [&](auto* h) {
    return uv_async_init(loop.raw(), h, [](uv_async_t* handle) {
      if (auto* owner = static_cast<Callback*>(handle->data)) (*owner)();
    });
  });
}

void Async::send() { uv_async_send(handle_.get()); }

}  // namespace lb::net
