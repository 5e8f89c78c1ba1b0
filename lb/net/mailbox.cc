#include "lb/net/mailbox.h"

#include <utility>

namespace lb::net {

Mailbox::Mailbox(Loop& loop) : async_(loop, [this] { deliver(); }) {}

void Mailbox::post(Message message) {
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(message));
  }
  async_.send();
}

void Mailbox::deliver() {
  {
    const std::lock_guard lock(mutex_);
    std::swap(waiting_, delivering_);
  }
  for (Message& message : delivering_) message();
  delivering_.clear();
}

}  // namespace lb::net
