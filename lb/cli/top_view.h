#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "lb/cli/stat.h"
#include "lb/cli/terminal.h"

namespace lb::cli {

// What `tidectl top` shows: the last answer, and the history of rates that it has seen itself.
class TopView {
 public:
  // An answer to `show stat` and `show info`, and when it came on any clock that never steps back.
  void add(std::span<const Stat> stats, std::string_view info, std::chrono::milliseconds now);

  // No answer came: what was shown last stays, and the reason stands above it. Until the next
  // add().
  void miss(std::string_view reason) { missed_ = reason; }

  // One screen, without a newline at its end. What does not fit below is counted.
  [[nodiscard]] std::string frame(Size size, bool colour) const;

 private:
  struct Row {
    Stat stat;
    std::deque<std::int64_t> rates;  // sessions per second, oldest first
    std::int64_t in = 0, out = 0;    // bytes per second
    std::chrono::milliseconds seen{0};
  };

  std::map<std::string, Row> rows_;
  std::vector<std::string> order_;  // of the keys of rows_, as the API has them
  std::string head_;
  std::string missed_;
};

}  // namespace lb::cli
