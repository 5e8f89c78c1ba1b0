#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "lb/capacity.h"
#include "lb/engine.h"
#include "lb/telemetry/snapshot.h"

namespace lb {

// Takes snapshots of a process. On the control thread.
//
// Counters never go backwards; what `clear counters all` has cleared is a difference that is taken
// off them, for operators alone.
class Statistics {
 public:
  using Taken = std::function<void(std::shared_ptr<const telemetry::Snapshot>)>;

  // Both outlive it.
  Statistics(Engine& engine, const Capacity& capacity);

  // Exact with all that has passed in open sessions until now: the workers are asked. `then` comes
  // later, on the same thread; not at all when they stop before.
  void take(Taken then);

  // What was most begins anew; with `all` what was counted, too.
  void clear(bool all, std::function<void()> then);

  // The same of one server, all of it.
  void clear(const check::Place& server, std::function<void()> then);

  // A server leaves: of one that comes under its name later nothing is taken off.
  void forget(const check::Place& server);

  // The process, as far as no worker needs to be asked.
  [[nodiscard]] telemetry::ProcessStat process() const;

  void stopping() { stopping_ = true; }

 private:
  [[nodiscard]] telemetry::Snapshot gather(const Worker::Heard& heard) const;
  void take_off(telemetry::Snapshot& snapshot) const;

  Engine& engine_;
  const Capacity& capacity_;
  balancer::Tick began_;
  double started_s_;
  std::map<std::string, telemetry::Totals>
      cleared_;  // by "frontend", "backend/" or "backend/server"
  bool stopping_ = false;
};

}  // namespace lb
