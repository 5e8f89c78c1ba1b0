#include "lb/cli/top_view.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <string>
#include <vector>

using lb::cli::Size;
using lb::cli::Stat;
using lb::cli::TopView;
using std::chrono::milliseconds;

namespace {

constexpr std::string_view kInfo =
    "Name: Tidegate\nVersion: 0.1.0\nUptime: 0d 0h01m\nCurrConns: 9\n";

Stat server(std::int64_t bytes_in, std::int64_t rate) {
  return {.proxy = "app",
          .name = "s1",
          .status = "UP",
          .sessions = 4,
          .rate = rate,
          .bytes_in = bytes_in};
}

bool has(const std::string& frame, std::string_view text) { return frame.contains(text); }

}  // namespace

TEST_CASE("bytes are shown as what came between two looks", "[cli]") {
  TopView view;
  view.add(std::vector{server(1'000, 0)}, kInfo, milliseconds(0));
  view.add(std::vector{server(6'000, 8)}, kInfo, milliseconds(500));

  const std::string frame = view.frame({.rows = 24, .columns = 80}, false);

  CHECK(has(frame, "Tidegate 0.1.0, up 0d 0h01m"));
  CHECK(has(frame, "10.0k"));
  CHECK(has(frame, "▁█"));
}

TEST_CASE("counters that went back are no rate", "[cli]") {
  TopView view;
  view.add(std::vector{server(6'000, 0)}, kInfo, milliseconds(0));
  view.add(std::vector{server(10, 0)}, kInfo, milliseconds(1'000));

  CHECK(has(view.frame({}, false), "app    s1    UP            4      -     0      0       0  ▁▁"));
}

TEST_CASE("what does not fit on the screen is counted", "[cli]") {
  std::vector<Stat> stats;
  for (int i = 0; i < 10; ++i) {
    stats.push_back(server(0, 0));
    stats.back().name = "s" + std::to_string(i);
  }
  TopView view;
  view.add(stats, kInfo, milliseconds(0));

  const std::string frame = view.frame({.rows = 8, .columns = 80}, false);

  CHECK(std::ranges::count(frame, '\n') + 1 == 8);
  CHECK(has(frame, "5 more below"));
  CHECK_FALSE(has(view.frame({.rows = 13, .columns = 80}, false), "more below"));
}

TEST_CASE("without an answer the last one stays, and the reason is told", "[cli]") {
  TopView view;
  view.add(std::vector{server(0, 0)}, kInfo, milliseconds(0));
  view.miss("nobody listens");

  CHECK(has(view.frame({}, false), "no answer: nobody listens"));
  CHECK(has(view.frame({}, false), "app"));
}
