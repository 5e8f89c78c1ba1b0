#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "lb/net/fd.h"

namespace lb::demo {

// A small server of the demonstration, on a loopback port that the kernel chose: it answers an HTTP
// request with its name, and any other line with its name and that line. A request for /fail makes
// it fail for kOutage: it refuses everybody, and leaves those it has. One thread, blocking in
// poll(2).
class EmbeddedServer {
 public:
  static constexpr std::chrono::seconds kOutage{8};

  // Throws std::runtime_error when no port can be had.
  explicit EmbeddedServer(std::string name);
  ~EmbeddedServer();
  EmbeddedServer(const EmbeddedServer&) = delete;
  EmbeddedServer& operator=(const EmbeddedServer&) = delete;

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  struct Client {
    net::Fd fd;
    std::string heard;   // the beginning of a line
    bool http = false;   // in the head of a request, until its empty line
    bool fatal = false;  // the request is one for /fail
  };

  void run();
  void fail();
  [[nodiscard]] int until_recovery();
  void accept_one(std::vector<Client>& clients);
  [[nodiscard]] bool serve(Client& client);
  [[nodiscard]] bool answer(Client& client, std::string_view line);

  std::string name_;
  net::Fd listener_;
  net::Fd stop_;  // an eventfd
  std::uint16_t port_ = 0;
  std::optional<std::chrono::steady_clock::time_point> fails_until_;
  std::thread thread_;
};

}  // namespace lb::demo
