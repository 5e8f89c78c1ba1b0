#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "bench/load/client.h"
#include "bench/load/tally.h"

namespace bench {

// A kind of load. Several run together in one loop.
class Load {
 public:
  virtual ~Load() = default;

  virtual void open() = 0;                       // begins to open its sessions
  [[nodiscard]] virtual bool ready() const = 0;  // they are all open
  virtual void start() = 0;
  virtual void stop() {}  // begins nothing new; what is under way comes to its end
  [[nodiscard]] virtual bool settled() const { return true; }  // after stop(): it did

  // Called once a turn. True: turns must not wait, for the load begins things at fixed times.
  virtual bool tick(Clock::time_point) { return false; }
};

// What the loads of a measurement share.
struct Path {
  Loop& loop;
  std::vector<sockaddr_in> proxies;  // session i goes to the one at i modulo their number
  Tally& tally;

  [[nodiscard]] const sockaddr_in& proxy(std::size_t i) const {
    return proxies[i % proxies.size()];
  }
};

// N sessions that are opened before the start, at most 64 at a time, and stay. By itself an idle
// crowd: each has had one round trip and holds.
class Crowd : public Load, protected ClientOwner {
 public:
  Crowd(Path& path, Purpose purpose, std::size_t count);

  void open() override;
  [[nodiscard]] bool ready() const override { return clients_.size() == count_; }
  void start() override {}

 protected:
  void on_open(Client& client) override;
  void on_bytes(Client&, std::size_t) override {}
  void on_end(Client& client, bool failed) override;

  Path& path_;
  std::vector<Client*> clients_;  // those that are open

 private:
  void open_next();

  const Purpose purpose_;
  const std::size_t count_;
  std::size_t begun_ = 0;
};

// Sends without end in one direction, kUpload or kDownload.
class Bulk final : public Crowd {
 public:
  Bulk(Path& path, Purpose purpose, std::size_t count)
      : Crowd(path, purpose, count), purpose_(purpose) {}

  void start() override;

 private:
  void on_bytes(Client&, std::size_t bytes) override { path_.tally.downloaded += bytes; }

  const Purpose purpose_;
};

// Messages and their echoes. Closed loop (rate 0): each session sends its next message when the
// echo has come. Open loop: messages are sent at fixed times over all sessions in turn, however
// late echoes come, and a round trip is counted from the time at which its message was *meant* to
// be sent: a stall is felt by all that it delays (no coordinated omission).
class RoundTrips final : public Crowd {
 public:
  RoundTrips(Path& path, std::size_t count, double rate);  // rate: messages a second
  void limit(std::uint64_t messages) { left_ = messages; }

  void start() override;
  void stop() override { left_ = 0; }
  [[nodiscard]] bool settled() const override { return under_way_ == 0; }
  bool tick(Clock::time_point now) override;

 private:
  struct Waiting {
    std::deque<Clock::time_point> meant;  // of messages whose echo has not come
    std::size_t bytes = 0;                // of the first of these echoes
  };

  void on_bytes(Client& client, std::size_t bytes) override;
  void on_end(Client& client, bool failed) override;
  void send(Client& client, Clock::time_point meant);

  std::vector<Waiting> waiting_;  // by the client's index
  std::uint64_t left_ = UINT64_MAX;
  std::uint64_t under_way_ = 0;
  const Duration interval_;  // 0: closed loop
  Clock::time_point next_;
  std::size_t turn_ = 0;
  bool started_ = false;
};

// Connections one after the other in each of N lanes: connect, a message, its answer, a FIN of one
// side, that of the other. When the server begins (kOnce), its FIN may reach the proxy with the
// answer or behind it; when the client does (kEcho), each step waits for the one before it, so that
// a proxy's steps are always the same.
class Connects final : public Load, private ClientOwner {
 public:
  Connects(Path& path, Purpose purpose, std::size_t lanes)
      : path_(path), purpose_(purpose), lanes_(lanes) {}
  void limit(std::uint64_t connections) { left_ = connections; }

  void open() override {}
  [[nodiscard]] bool ready() const override { return true; }
  void start() override;
  void stop() override { left_ = 0; }
  [[nodiscard]] bool settled() const override { return under_way_ == 0; }

 private:
  void on_open(Client& client) override {
    if (purpose_ == Purpose::kEcho) client.hang_up();
  }
  void on_bytes(Client&, std::size_t) override {}
  void on_end(Client& client, bool failed) override;
  void connect(std::size_t lane);

  Path& path_;
  const Purpose purpose_;
  const std::size_t lanes_;
  std::uint64_t left_ = UINT64_MAX;
  std::uint64_t under_way_ = 0;
  std::size_t count_ = 0;
};

}  // namespace bench
