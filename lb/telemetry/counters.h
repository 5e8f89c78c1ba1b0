#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

// What a worker counts, in HAProxy's terms (management.txt, `show stat`). One writer each, the
// worker; anybody reads. None of it is counted per message: bytes of a session are added when it
// ends, or when somebody asks (Worker::settle()).
namespace lb::telemetry {

// Only ever grows. One writer, so that a load and a store do, which compile to a plain add.
class Counter {
 public:
  void add(std::uint64_t n = 1) {
    value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
  }
  [[nodiscard]] std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

// Milliseconds, averaged over some 1,024 of the last ones, and the most of them: HAProxy's
// swrate_add() (freq_ctr.h). The sum is that of a window of `samples` values.
class Times {
 public:
  static constexpr std::uint64_t kWindow = 1024;

  // `samples` have been added, with this one.
  void add(std::uint64_t time, std::uint64_t samples) {
    if ((time | sum()) != 0) blend(time, samples);
  }

  // Of the window.
  [[nodiscard]] std::uint64_t sum() const { return sum_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t most() const { return most_.load(std::memory_order_relaxed); }

  // By the writer alone.
  void forget_most() { most_.store(0, std::memory_order_relaxed); }
  void forget() {
    sum_.store(0, std::memory_order_relaxed);
    forget_most();
  }

 private:
  void blend(std::uint64_t time, std::uint64_t samples) {
    const std::uint64_t leaves = samples > kWindow ? (sum() + kWindow - 1) / kWindow : 0;
    sum_.store(sum() + time - leaves, std::memory_order_relaxed);
    if (time > most()) most_.store(time, std::memory_order_relaxed);
  }

  std::atomic<std::uint64_t> sum_{0};
  std::atomic<std::uint64_t> most_{0};
};

// Of sessions that had a connection.
class SessionTimes {
 public:
  // Milliseconds until the last attempt to connect, of that, and from first to last.
  void add(std::uint64_t queued, std::uint64_t connecting, std::uint64_t in_all) {
    const std::uint64_t samples = this->samples() + 1;
    samples_.store(samples, std::memory_order_relaxed);
    queue.add(queued, samples);
    connect.add(connecting, samples);
    total.add(in_all, samples);
  }
  [[nodiscard]] std::uint64_t samples() const { return samples_.load(std::memory_order_relaxed); }

  // By the writer alone.
  void forget_most() {
    for (Times* each : {&queue, &connect, &total}) each->forget_most();
  }
  void forget() {
    samples_.store(0, std::memory_order_relaxed);
    for (Times* each : {&queue, &connect, &total}) each->forget();
  }

  Times queue;
  Times connect;
  Times total;

 private:
  std::atomic<std::uint64_t> samples_{0};
};

struct alignas(64) FrontendCounters {
  Counter connections;         // conn_tot: accepted
  Counter sessions;            // stot: of those, let in
  Counter denied_connections;  // dcon: turned away at once
  Counter denied_sessions;     // dses: turned away for what their PROXY protocol header said
  Counter bytes_in;            // bin: from clients to servers
  Counter bytes_out;           // bout
};

// Of one server.
struct alignas(64) ServerCounters {
  Counter chosen;           // lbtot: by the algorithm, so that nobody who was granted a slot counts
  Counter connects;         // connect: attempts
  Counter sessions;         // stot: of those, begun
  Counter failed_connects;  // econ: sessions whose last attempt has failed
  Counter retries;          // wretr: attempts after the first at the same server
  Counter redispatches;     // wredis: sessions that went on to another server
  Counter failed_responses;  // eresp: resets by the server
  Counter client_aborts;     // cli_abrt
  Counter server_aborts;     // srv_abrt
  Counter bytes_in;
  Counter bytes_out;
  SessionTimes times;

  // What another one has counted, too, but its times.
  void add(const ServerCounters& other);
};

// Sessions that were closed though both sides would have gone on, by what that cost their clients:
// by balancer::Grade.
using ClosedCounters = std::array<Counter, 4>;

// Of a backend: what none of its servers has counted. Its total is the sum of these.
struct alignas(64) BackendCounters {
  Counter sessions;           // stot: that came
  Counter failed_connects;    // econ: nobody could serve them, or not in time
  Counter client_aborts;      // cli_abrt: before they had a server
  ClosedCounters rebalanced;  // for the sake of servers that had few
  ClosedCounters aged;        // for their age
};

// A worker each has its own.
template <typename T>
class PerWorker {
 public:
  explicit PerWorker(std::size_t workers) : all_(workers) {}

  [[nodiscard]] T& of(std::size_t worker) { return all_[worker]; }
  [[nodiscard]] const std::vector<T>& all() const { return all_; }

  // For example sum(&ServerCounters::connects).
  [[nodiscard]] std::uint64_t sum(Counter T::* counter) const {
    std::uint64_t sum = 0;
    for (const T& one : all_) sum += (one.*counter).value();
    return sum;
  }

 private:
  std::vector<T> all_;
};

}  // namespace lb::telemetry
