#pragma once

#include <atomic>

namespace lb::telemetry {

// Wakes one thread that sleeps for want of work. While it is awake, ringing is one atomic exchange
// and no system call. What a thread did before ring() is seen by the sleeper after wait().
class Doorbell {
 public:
  // Any thread.
  void ring() {
    if (asleep_.exchange(0) == 1) asleep_.notify_one();
  }

  // The one sleeper. Returns after a ring(), or at once when `ready()` says that there is work.
  // Asking only after having said that it sleeps is what loses no ring: either ring() sees the
  // sleeper, or `ready()` sees the work.
  template <typename F>
  void wait(F&& ready) {
    asleep_.exchange(1);
    if (ready()) {
      asleep_.exchange(0);
      return;
    }
    asleep_.wait(1);
  }

 private:
  std::atomic<int> asleep_ = 0;  // an int, so that it is the futex itself
};

}  // namespace lb::telemetry
