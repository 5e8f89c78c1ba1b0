#include "bench/load/measurement.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <vector>

#include "bench/load/loads.h"
#include "bench/load/process.h"
#include "bench/load/servers.h"

namespace bench {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kPatience{30'000};     // for the sessions to be there
constexpr milliseconds kSettle{3'000};        // for what is under way at the end of the window
constexpr milliseconds kOperations{600'000};  // also under valgrind

// Counts at one moment.
struct Reading {
  Clock::time_point time;
  Duration proxy_cpu{};
  std::uint64_t round_trips = 0;
  std::uint64_t connections = 0;
  std::uint64_t uploaded = 0;
  std::uint64_t downloaded = 0;
};

std::string percentiles(const Histogram& histogram) {
  const auto us = [](Duration value) {
    return std::chrono::duration<double, std::micro>(value).count();
  };
  return fmt::format(R"({{"p50":{:.1f},"p99":{:.1f},"p999":{:.1f}}})",
                     us(histogram.percentile(0.5)), us(histogram.percentile(0.99)),
                     us(histogram.percentile(0.999)));
}

std::string as_json(const Memory& memory) {
  return fmt::format(R"({{"anonymous":{},"kernel_tcp":{}}})", memory.anonymous, memory.kernel_tcp);
}

class Measurement {
 public:
  explicit Measurement(const Options& options)
      : options_(options), path_{.loop = loop_, .proxies = proxies(options), .tally = tally_} {
    serve(loop_, options.server, sinks_);
    if (options.idle != 0) add<Crowd>(Purpose::kEcho, options.idle);
    if (options.uploads != 0) add<Bulk>(Purpose::kUpload, options.uploads);
    if (options.downloads != 0) add<Bulk>(Purpose::kDownload, options.downloads);
    if (options.round_trips != 0) {
      auto& load = add<RoundTrips>(options.round_trips, static_cast<double>(options.rate));
      if (options.operations != 0) load.limit(options.operations);
    }
    if (options.connects != 0) add_connects(Purpose::kOnce, options.connects);
    if (options.visits != 0) add_connects(Purpose::kEcho, options.visits);
  }

  std::string run() {
    const Memory before = memory_of_proxy();
    for (const auto& load : loads_) load->open();
    if (!turn_until(kPatience, [this] { return all(&Load::ready); }))
      throw std::runtime_error("the proxy did not carry all sessions within 30 s");
    const Memory opened = memory_of_proxy();

    const bool counted = options_.operations != 0;
    Reading first = read();
    if (counted) tally_.begin_window(first.time);
    for (const auto& load : loads_) load->start();
    if (counted) {
      if (!turn_until(kOperations, [this] {
            return all(&Load::settled) && operations() >= options_.operations;
          }))
        throw std::runtime_error("the operations did not come to their end within 10 min");
    } else {
      turn_for(options_.warmup);
      first = read();
      tally_.begin_window(first.time);
      turn_for(options_.window);
    }
    const Reading last = read();
    tally_.end_window(last.time);
    for (const auto& load : loads_) load->stop();
    const bool settled = turn_until(kSettle, [this] { return all(&Load::settled); });
    return report(first, last, before, opened, settled);
  }

 private:
  template <typename L, typename... Arguments>
  L& add(Arguments... arguments) {
    auto load = std::make_unique<L>(path_, arguments...);
    L& added = *load;
    loads_.push_back(std::move(load));
    return added;
  }

  void add_connects(Purpose purpose, std::size_t lanes) {
    auto& load = add<Connects>(purpose, lanes);
    if (options_.operations != 0) load.limit(options_.operations);
  }

  static std::vector<sockaddr_in> proxies(const Options& options) {
    std::vector<sockaddr_in> list(options.frontends, options.proxy);
    for (std::size_t i = 0; i < list.size(); ++i)
      list[i].sin_port = htons(static_cast<std::uint16_t>(ntohs(options.proxy.sin_port) + i));
    return list;
  }

  [[nodiscard]] bool all(bool (Load::*what)() const) const {
    return std::ranges::all_of(loads_, [&](const auto& load) { return ((*load).*what)(); });
  }

  [[nodiscard]] std::uint64_t operations() const {
    return tally_.round_trips + tally_.connections + tally_.failures;
  }

  [[nodiscard]] Memory memory_of_proxy() const {
    return options_.pid != 0 ? memory(options_.pid) : Memory{};
  }

  [[nodiscard]] Reading read() const {
    return {.time = Clock::now(),
            .proxy_cpu = options_.pid != 0 ? cpu_time(options_.pid) : Duration{},
            .round_trips = tally_.round_trips,
            .connections = tally_.connections,
            .uploaded = sinks_.bytes,
            .downloaded = tally_.downloaded};
  }

  bool turn_until(milliseconds most, const std::function<bool()>& reached) {
    const Clock::time_point end = Clock::now() + most;
    while (!reached()) {
      const Clock::time_point now = Clock::now();
      if (now >= end) return false;
      bool hurry = false;
      for (const auto& load : loads_) hurry = load->tick(now) || hurry;
      loop_.turn(hurry ? milliseconds(0)
                       : std::min(milliseconds(50), std::chrono::ceil<milliseconds>(end - now)));
    }
    return true;
  }

  void turn_for(milliseconds time) {
    turn_until(time, [] { return false; });
  }

  [[nodiscard]] std::string report(const Reading& first, const Reading& last, const Memory& before,
                                   const Memory& opened, bool settled) const {
    const auto seconds = [](Duration value) {
      return std::chrono::duration<double>(value).count();
    };
    return fmt::format(
        R"({{"began":{:.6f},"seconds":{:.6f},"cpu_seconds":{:.6f},"round_trips":{},)"
        R"("connections":{},"bytes_uploaded":{},"bytes_downloaded":{},"failures":{},"settled":{},)"
        R"("round_trip_us":{},"memory_before":{},"memory_opened":{}}})",
        seconds(first.time.time_since_epoch()), seconds(last.time - first.time),
        seconds(last.proxy_cpu - first.proxy_cpu), last.round_trips - first.round_trips,
        last.connections - first.connections, last.uploaded - first.uploaded,
        last.downloaded - first.downloaded, tally_.failures, settled,
        percentiles(tally_.round_trip), as_json(before), as_json(opened));
  }

  const Options& options_;
  Tally tally_;
  SinkTotals sinks_;
  Loop loop_;
  Path path_;
  std::vector<std::unique_ptr<Load>> loads_;
};

}  // namespace

std::string measure(const Options& options) { return Measurement(options).run(); }

}  // namespace bench
