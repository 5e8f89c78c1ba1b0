#pragma once

namespace lb::proxy {

// A session's place among those that one worker has at one server, or the head of such a list:
// intrusive and circular, so that coming and going cost no memory. Belongs to its worker.
class OnServer {
 public:
  OnServer() = default;
  OnServer(const OnServer&) = delete;
  OnServer& operator=(const OnServer&) = delete;
  ~OnServer() { leave(); }

  // Goes to the end of a list, out of the one that it was in.
  void enter(OnServer& head) {
    leave();
    previous_ = head.previous_;
    next_ = &head;
    previous_->next_ = this;
    head.previous_ = this;
  }
  void leave() {
    if (next_ == this) return;
    previous_->next_ = next_;
    next_->previous_ = previous_;
    previous_ = next_ = this;
  }

  // Of a head.
  [[nodiscard]] bool empty() const { return next_ == this; }
  [[nodiscard]] OnServer& first() const { return *next_; }

  // A head takes all that another one has.
  void take_all(OnServer& other) {
    enter(other);   // at the end of the other list, which it has all to itself
    other.leave();  // once its head is gone
  }

 private:
  OnServer* previous_ = this;
  OnServer* next_ = this;
};

}  // namespace lb::proxy
