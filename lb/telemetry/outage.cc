#include "lb/telemetry/outage.h"

#include <fmt/format.h>

#include <utility>

namespace lb::telemetry {
namespace {

constexpr std::chrono::minutes kTellAgain{1};

}  // namespace

Outage::Outage(std::string target) : target_(std::move(target)) {}

void Outage::drop(std::uint64_t lines, Time now) {
  if (lines == 0) return;
  missing_ += lines;
  dropped_.store(dropped() + lines, std::memory_order_relaxed);
  if (others_know_ || (told_begin_ && now - *told_begin_ < kTellAgain)) return;
  told_begin_ = now;
  others_know_ = true;
  tell(Level::kWarning, "lines are dropped until it takes them again: " + why_, false);
}

void Outage::over() {
  const auto missing = std::exchange(missing_, 0);
  if (!std::exchange(others_know_, false)) return;
  tell(Level::kNotice,
       fmt::format("takes lines again, {} {} dropped", missing, missing == 1 ? "was" : "were"),
       false);
}

void Outage::tell(Level level, std::string_view text, bool here_too) {
  news_.push_back(
      {.note = note_of(level, fmt::format("{}: {}", target_, text)), .here_too = here_too});
}

std::vector<News> Outage::take_news() { return std::exchange(news_, {}); }

std::string Outage::total() const {
  const std::uint64_t lines = dropped();
  if (lines == 0) return {};
  return fmt::format("{}: {} {} dropped: {}", target_, lines,
                     lines == 1 ? "line was" : "lines were", why_);
}

std::uint64_t Outage::dropped() const { return dropped_.load(std::memory_order_relaxed); }

}  // namespace lb::telemetry
