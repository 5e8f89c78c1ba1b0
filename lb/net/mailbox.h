#pragma once

#include <functional>
#include <mutex>
#include <vector>

#include "lb/net/loop.h"

namespace lb::net {

// Work that other threads leave for a loop: run there, in the order it was posted.
class Mailbox {
 public:
  using Message = std::move_only_function<void()>;

  explicit Mailbox(Loop& loop);

  void post(Message message);  // any thread

 private:
  void deliver();

  std::mutex mutex_;
  std::vector<Message> waiting_;
  std::vector<Message> delivering_;
  Async async_;
};

}  // namespace lb::net
