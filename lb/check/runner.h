#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>

#include "lb/check/agent_watch.h"
#include "lb/check/watch.h"

namespace lb::check {

// A worker's share of the checks. Belongs to that worker once it runs; before, to who builds it.
class Runner {
 public:
  Runner(net::Poller& poller, net::TimerWheel& wheel) : ground_{poller, wheel} {}

  // `desk` and `plan` outlive it. The first check comes `delay` after start().
  void add(Desk& desk, Place server, const health::Plan& plan, std::chrono::milliseconds delay);
  void add_agent(Desk& desk, Place server, std::chrono::milliseconds delay);

  // The servers that are in maintenance at first have been paused before.
  void start();
  void stop();  // what runs is dropped without a verdict

  // How many servers' checks and agents there are, and what each of them has heard, in no order.
  [[nodiscard]] std::size_t size() const { return watches_.size() + agents_.size(); }
  [[nodiscard]] HeardOf heard(std::size_t index) const;

  // The checks of a server; null when there are none here.
  [[nodiscard]] Watch* find(const Place& server);
  [[nodiscard]] AgentWatch* find_agent(const Place& server);

 private:
  using Key = std::pair<const proxy::Backend*, balancer::ServerId>;
  template <typename T>
  struct Delayed {
    template <typename... Arguments>
    explicit Delayed(std::chrono::milliseconds when, Arguments&&... arguments)
        : what(std::forward<Arguments>(arguments)...), delay(when) {}
    T what;
    std::chrono::milliseconds delay;
  };

  Ground ground_;
  std::deque<Delayed<Watch>> watches_;
  std::deque<Delayed<AgentWatch>> agents_;
  std::map<Key, Watch*> by_server_;
  std::map<Key, AgentWatch*> agents_by_server_;
};

}  // namespace lb::check
