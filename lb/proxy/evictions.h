#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "lb/net/loop.h"
#include "lb/proxy/on_server.h"
#include "lb/telemetry/session_record.h"

namespace lb::proxy {

// Sessions that have to end for what has become of a server: all that were there when it was told.
// They end some in each millisecond, so that the others do not wait: neither for the system calls
// nor for what the kernel does later, which frees the sockets of a grace period at one go, for
// milliseconds when there are thousands. Belongs to its worker.
class Evictions {
 public:
  // Takes all from the list of a server.
  void add(OnServer& sessions, telemetry::Cause why) {
    if (sessions.empty()) return;
    batches_.push_back(std::make_unique<Batch>());
    batches_.back()->why = why;
    batches_.back()->sessions.take_all(sessions);
  }

  [[nodiscard]] bool empty() const { return batches_.empty(); }

  // When the next of them may end; kNever when there is none.
  [[nodiscard]] net::Tick due() const { return empty() ? net::kNever : due_; }

  // Once it is due, calls shut(session, why) for so many of them at most. It takes the session off
  // the list, as does whatever else ends a session or sends it to another server meanwhile.
  template <typename F>
  void shut_some(net::Tick now, std::size_t most, F&& shut) {
    if (now < due_) return;
    due_ = now + 1;
    for (; most > 0 && !empty(); --most) {
      const Batch& batch = *batches_.back();
      if (!batch.sessions.empty()) shut(batch.sessions.first(), batch.why);
      if (batch.sessions.empty()) batches_.pop_back();
    }
  }

 private:
  struct Batch {
    OnServer sessions;
    telemetry::Cause why = telemetry::Cause::kNone;
  };

  std::vector<std::unique_ptr<Batch>> batches_;
  net::Tick due_ = 0;
};

}  // namespace lb::proxy
