#include "lb/net/stream_server.h"

#include <cerrno>
#include <memory>
#include <stdexcept>
#include <utility>

#include "lb/net/system_call.h"

namespace lb::net {
namespace {

constexpr int kAtOnce = 16;  // clients a turn
constexpr std::chrono::milliseconds kPatience{100};

bool short_of_descriptors(int error) {
  return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

}  // namespace

StreamServer::StreamServer(Loop& loop, Fd listening, Arrived arrived)
    : fd_(std::move(listening)), arrived_(std::move(arrived)), again_(loop, [this] {
        short_of_descriptors_ = false;
        listen_for_events();
      }) {
  auto handle = std::make_unique<uv_poll_t>();
  if (const int result = uv_poll_init(loop.raw(), handle.get(), fd_.get()); result != 0)
    throw std::runtime_error(uv_strerror(result));
  handle_.reset(handle.release());
  handle_->data = this;
  listen_for_events();
}

void StreamServer::pause() {
  paused_ = true;
  listen_for_events();
}

void StreamServer::resume() {
  paused_ = false;
  listen_for_events();
}

void StreamServer::listen_for_events() {
  if (paused_ || short_of_descriptors_) {
    uv_poll_stop(handle_.get());
    return;
  }
  uv_poll_start(handle_.get(), UV_READABLE, [](uv_poll_t* handle, int, int) {
    if (auto* self = static_cast<StreamServer*>(handle->data)) self->accept_some();
  });
}

void StreamServer::accept_some() {
  for (int i = 0; i < kAtOnce && !paused_; ++i) {
    Fd client(accept(fd_.get(), nullptr, nullptr));
    if (client) {
      arrived_(std::move(client));
    } else if (short_of_descriptors(errno)) {
      short_of_descriptors_ = true;
      again_.start(kPatience);
      return listen_for_events();
    } else if (errno != ECONNABORTED && errno != EINTR) {
      return;
    }
  }
}

}  // namespace lb::net
