#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "conf/model.h"
#include "health/dialog.h"
#include "lb/net/fd.h"
#include "lb/net/poller.h"
#include "lb/net/timer_wheel.h"
#include "lb/proxy/backend.h"

namespace lb::check {

// What a worker gives to its checks. Both outlive them.
struct Ground {
  net::Poller& poller;
  net::TimerWheel& wheel;
};

// How to reach what is checked, and how long to wait.
struct Route {
  proxy::Backend* backend = nullptr;                   // whose source addresses are used
  conf::Address address;                               // with the port
  std::optional<conf::SendProxy::Version> send_proxy;  // connections begin with such a header
  std::chrono::milliseconds connect_limit{0};
  // For the answers, once connected; unset: `connect_limit` is for all of the check.
  std::optional<std::chrono::milliseconds> answer_limit = {};
};

// Who is told how a probe ended. It may start the next one at once.
class ProbeOwner {
 public:
  virtual void on_verdict(health::Verdict verdict) = 0;

  // The probe could not be made as it should: `error` says what was wanting here, a descriptor,
  // port or memory; 0: this process did not run when it had to. Nothing is known of the server.
  virtual void on_postponed(int error) = 0;

 protected:
  ~ProbeOwner() = default;
};

// One check under way: does what a dialog says, on one socket after the other. Its connections end
// by a reset, so that none of many checks leaves a port in TIME_WAIT. Belongs to its worker.
class Probe final : private net::Pollable, private net::Timed {
 public:
  Probe(Ground ground, ProbeOwner& owner) : ground_(ground), owner_(owner) {}

  // Only while none is running. `plan` and `route` outlive the probe's run; `down`: so is the
  // server.
  void start(const health::Plan& plan, const Route& route, bool down);
  void cancel();
  [[nodiscard]] bool running() const { return dialog_.has_value(); }

  // What the last step of the last run has read.
  [[nodiscard]] const std::string& input() const { return input_; }

 private:
  enum class Waiting : std::uint8_t { kNothing, kConnection, kRoom, kBytes };

  void on_ready(std::uint32_t events) override;
  void on_due() override;

  void advance();
  [[nodiscard]] bool progress();
  void follow(health::Dialog::Act act);
  void connect(const health::Connect& step);
  [[nodiscard]] bool pass_connection();
  void introduce();
  [[nodiscard]] bool send_rest();
  [[nodiscard]] bool receive();
  void expect_by(std::chrono::milliseconds limit);
  void close();
  void end(health::Verdict verdict);
  void postpone(int error);

  Ground ground_;
  ProbeOwner& owner_;
  const Route* route_ = nullptr;
  std::optional<health::Dialog> dialog_;
  net::Fd fd_;
  Waiting waiting_ = Waiting::kNothing;
  std::optional<conf::SendProxy::Version> header_version_;  // of this connection
  bool introducing_ = false;                                // the header is on its way
  std::string header_;
  std::string_view unsent_;
  std::string input_;
  net::Tick due_ = 0;
};

}  // namespace lb::check
