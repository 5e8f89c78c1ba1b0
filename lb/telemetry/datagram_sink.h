#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "conf/log.h"
#include "lb/net/address.h"
#include "lb/net/fd.h"
#include "lb/telemetry/sink.h"

namespace lb::telemetry {

// Sends each line as a datagram to a syslog daemon, by UDP or a UNIX socket. A daemon that is not
// there at start is a warning and no fault: it may come later, and is looked for again each second.
class DatagramSink final : public Sink {
 public:
  // `target` is kSyslog.
  DatagramSink(const conf::LogTarget& target, AppendNote append_note);

 private:
  void take(std::string_view lines) override;
  enum class Next : std::uint8_t { kAgain, kSkipLine, kGiveUp };

  [[nodiscard]] bool open();
  [[nodiscard]] bool open_again();
  [[nodiscard]] bool recover();
  void count_refusal();
  [[nodiscard]] std::string_view send(std::string_view lines);
  [[nodiscard]] Next after(int error);

  const net::SocketAddress address_;
  net::Fd fd_;
  std::optional<std::chrono::steady_clock::time_point> opened_again_;
  std::optional<std::chrono::steady_clock::time_point> refused_;
};

}  // namespace lb::telemetry
