#include "lb/admin/answer.h"

#include <utility>

namespace lb::admin {

void Answer::line(std::string_view text) {
  if (!wanted()) return;
  line_->outlet_->write(text);
  if (!text.ends_with('\n')) line_->outlet_->write("\n");
}

void Answer::say(conf::LogLevel severity, std::string_view sentence) {
  if (!line_) return;
  if (severity <= conf::LogLevel::kErr) line_->result_ = sentence;
  if (wanted()) line_->outlet_->say(severity, sentence);
}

void Answer::fail(std::string_view sentence) {
  say(conf::LogLevel::kErr, sentence);
  finish();
}

void Answer::finish() {
  const auto line = std::exchange(line_, nullptr);
  if (!line) return;
  if (line->ended_) line->ended_(line->result_);
  if (line->outlet_ != nullptr) line->outlet_->finish();
}

void Answer::stream(Producer producer) {
  const auto line = std::exchange(line_, nullptr);
  if (!line) return;
  if (line->ended_) line->ended_(line->result_);
  if (line->outlet_ != nullptr) line->outlet_->stream(std::move(producer));
}

void Answer::when_ended(Ended call) { line_->ended_ = std::move(call); }

bool Answer::still_wanted() const { return wanted() && !line_->outlet_->gone(); }

bool Answer::wanted() const { return line_ && line_->outlet_ != nullptr; }

}  // namespace lb::admin
