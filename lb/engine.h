#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "balancer/backend.h"
#include "conf/model.h"
#include "lb/capacity.h"
#include "lb/net/opener.h"
#include "lb/proxy/backend.h"
#include "lb/proxy/frontend.h"
#include "lb/telemetry/log_writer.h"
#include "lb/worker.h"

namespace lb {

// A bind that listens, with the port it got.
struct Listening {
  std::string frontend;
  conf::Address address;
};

// The same of all workers, and of what they share.
struct Held : WorkerHeld {
  std::size_t slots = 0;  // of a limit or a server, and places in a queue
};

// The data plane of a process: frontends, backends and the workers that carry sessions between
// them.
class Engine final : private balancer::Waker {
 public:
  // `config` and `log` outlive it; `log` has a channel for each worker.
  Engine(const conf::Config& config, const Capacity& capacity, telemetry::LogWriter& log);
  ~Engine() override;

  // Opens every bind for every worker; the answer is a sentence when one cannot be had.
  [[nodiscard]] std::optional<std::string> bind(net::Opener& opener);
  [[nodiscard]] const std::vector<Listening>& listening() const { return listening_; }

  // Starts the workers; the answer is a sentence when a thread cannot be had, and none runs. `idle`
  // is called once, on any thread, when the last of them has nothing left after drain() or cut().
  [[nodiscard]] std::optional<std::string> start(std::function<void()> idle);

  void drain();  // nobody new; sessions go on
  void cut();    // everything ends now
  void join();   // after `idle`

  [[nodiscard]] std::uint32_t sessions() const { return shared_.sessions.taken(); }
  [[nodiscard]] std::vector<WorkerTotals> totals() const;  // after join()
  [[nodiscard]] Held held() const;                         // after join()

 private:
  void granted(balancer::Grant grant) override;
  [[nodiscard]] net::Status open(const conf::Bind& asked, proxy::Frontend& frontend,
                                 net::Opener& opener);

  void remove_unix_paths();

  Shared shared_;
  std::deque<proxy::Backend> backends_;
  std::deque<proxy::Frontend> frontends_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<Listening> listening_;
  std::vector<std::string> unix_paths_;  // ours to remove
  std::atomic<std::size_t> busy_{0};     // workers that are not idle yet
};

}  // namespace lb
