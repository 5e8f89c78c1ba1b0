#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "conf/log.h"

namespace lb::admin {

// Asked for the next part of a long reply each time the last one went out: it appends whole lines,
// about kPart bytes of them, and answers whether more is to come. Destroyed when the client is
// gone.
using Producer = std::move_only_function<bool(std::string& part)>;
inline constexpr std::size_t kPart = 16384;

// Where the reply of one command goes; the client's side of an Answer.
class Outlet {
 public:
  virtual void write(std::string_view text) = 0;
  virtual void say(conf::LogLevel severity, std::string_view sentence) = 0;
  virtual void finish() = 0;                   // nothing more comes
  virtual void stream(Producer producer) = 0;  // its parts, then the end
  [[nodiscard]] virtual bool gone() const = 0;

 protected:
  ~Outlet() = default;
};

// How a command ended that has said nothing of severity err.
inline constexpr std::string_view kCarriedOut = "done";

// The reply to one command, held by whoever owes it: the handler, or what it posts to a worker and
// back. It is used on the control thread; other threads only carry it. It ends once, by finish(),
// fail(), stream() or by being destroyed; until then its client waits. Once the client is gone all
// of it does nothing.
class Answer {
 public:
  // Tells how it ended: kCarriedOut, or what say() told of severity err or worse.
  using Ended = std::function<void(std::string_view result)>;

  // The outlet's half, which outlives neither: it is told here that it is gone.
  class Line;

  explicit Answer(std::shared_ptr<Line> line) : line_(std::move(line)) {}
  Answer(Answer&&) noexcept = default;
  Answer& operator=(Answer&&) = delete;
  ~Answer() { finish(); }

  void line(std::string_view text);  // one or several, the last newline is added
  // One sentence with HAProxy's severity, which the client may have asked to see.
  void say(conf::LogLevel severity, std::string_view sentence);
  void fail(std::string_view sentence);  // of severity err, and the end
  void finish();
  void stream(Producer producer);

  void when_ended(Ended call);

  // Whether the client is still there to take it. A command that has begun to change something goes
  // on all the same.
  [[nodiscard]] bool wanted() const;

  // The same, having asked the kernel: for who waits long, as of a client that waits for an answer
  // nothing is read.
  [[nodiscard]] bool still_wanted() const;

 private:
  std::shared_ptr<Line> line_;  // null: ended, or moved from
};

class Answer::Line {
 public:
  explicit Line(Outlet& outlet) : outlet_(&outlet) {}

  void cut() { outlet_ = nullptr; }  // the client is gone

 private:
  friend class Answer;
  Outlet* outlet_;
  Ended ended_;
  std::string result_{kCarriedOut};
};

}  // namespace lb::admin
