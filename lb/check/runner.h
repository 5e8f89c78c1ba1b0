#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "lb/check/agent_watch.h"
#include "lb/check/watch.h"

namespace lb::check {

// A worker's share of the checks. Belongs to that worker once it runs; before, to who builds it.
class Runner {
 public:
  Runner(net::Poller& poller, net::TimerWheel& wheel) : ground_{poller, wheel} {}

  // `desk` and `plan` outlive it. The first check comes `delay` after start(), or from now when
  // that was before. A server that is in maintenance at first is not checked until it leaves that.
  void add(Desk& desk, Place server, const health::Plan& plan, std::chrono::milliseconds delay);
  void add_agent(Desk& desk, Place server, std::chrono::milliseconds delay);

  // No more checks of the server, and nobody is told what those that run would say.
  void remove(const Place& server);

  // The server is there now.
  void move(const Place& server, const proxy::Whereabouts& where);

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
    std::unique_ptr<T> what;
    std::chrono::milliseconds delay;
  };

  static Key key(const Place& server) { return {server.backend, server.server}; }
  [[nodiscard]] net::Tick after(std::chrono::milliseconds delay) const;

  Ground ground_;
  bool started_ = false;
  std::vector<Delayed<Watch>> watches_;
  std::vector<Delayed<AgentWatch>> agents_;
  std::map<Key, Watch*> by_server_;
  std::map<Key, AgentWatch*> agents_by_server_;
};

}  // namespace lb::check
