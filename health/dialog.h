#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "health/plan.h"
#include "health/verdict.h"

namespace health {

// One run of a plan: told what happens, it says what to do next. It has no socket and no clock;
// whoever runs it has. `plan` outlives it. What a verdict tells is in HAProxy's words, printable
// and at most kLongestInfo long.
class Dialog {
 public:
  struct Receive {};  // wait for bytes, or the end of them
  // A Send is to go out whole before sent() is told. A Verdict is the end: nothing may be told any
  // more.
  using Act = std::variant<const Connect*, const Send*, Receive, Verdict>;

  // `down`: so is the server before this check, which then cannot ask for no new sessions.
  explicit Dialog(const Plan& plan, bool down = false) : plan_(plan), down_(down) {}

  // The first act.
  [[nodiscard]] Act begin();

  [[nodiscard]] Act connected();
  [[nodiscard]] Act sent();

  // After a Receive: bytes, and that they were the last ones (FIN, or a reset, whose name is then
  // `error`). After that there is no Receive until there is another connection.
  [[nodiscard]] Act received(std::string_view bytes);
  [[nodiscard]] Act ended(std::string_view error = {});

  // A Send could not be done.
  [[nodiscard]] Verdict failed(std::string_view error) const;

  // The connection could not be had: `error` is the system's sentence.
  [[nodiscard]] Verdict refused(std::string_view error) const;

  // What came since the last send or connect.
  [[nodiscard]] const std::string& input() const { return input_; }

  // Time is up, in whatever it was waiting for. What a costly judge has put off is judged now; no
  // further step is begun.
  [[nodiscard]] Verdict timed_out();

 private:
  [[nodiscard]] Act act();                   // what the current step asks for
  [[nodiscard]] std::optional<Act> judge();  // nullopt: the step has passed, go on
  void go_on();                              // to the next step
  [[nodiscard]] Act bad(Verdict verdict) const;
  [[nodiscard]] Verdict nothing_came() const;
  [[nodiscard]] std::size_t number() const;  // of the step
  [[nodiscard]] std::string place() const;   // " at step 2 of tcp-check (expect string 'x')"

  const Plan& plan_;
  bool down_;
  std::size_t step_ = 0;
  std::uint32_t looks_ = 0;         // of this step's judge, when it is costly
  std::size_t worth_a_look_ = 0;    // bytes of input
  std::string input_;               // since the last send or connect
  std::optional<std::string> end_;  // how the connection ended: empty by FIN, else the error
  Verdict standing_;                // of an expect that passed, and nothing was done since
};

}  // namespace health
