#include "lb/admin/connection.h"

#include <fmt/format.h>

#include <cstdint>
#include <utility>

#include "lb/telemetry/note.h"

namespace lb::admin {
namespace {

constexpr std::size_t kMuch = 65536;  // unsent: the next command waits

}  // namespace

Connection::Connection(const Shared& shared, net::Fd fd, Client client, Terms terms,
                       net::Callback done)
    : shared_(shared),
      client_(std::move(client)),
      terms_(terms),
      done_(std::move(done)),
      timer_(shared.loop, [this] { on_timeout(); }),
      stream_(shared.loop, std::move(fd), *this) {
  await_client();
}

Connection::~Connection() {
  if (line_) line_->cut();
}

void Connection::on_bytes(std::string_view bytes) {
  if (state_ == State::kLeaving || state_ == State::kDone) return;
  reader_.take(bytes);
  await_client();
  go_on();
}

void Connection::on_end() {
  ended_ = true;
  if (state_ == State::kLeaving && stream_.pending() == 0) return finish_for_good();
  go_on();
}

void Connection::on_drained() {
  if (state_ == State::kDone) return;
  if (state_ == State::kLeaving) {
    if (ended_) finish_for_good();
    return;
  }
  if (state_ != State::kAnswering) await_client();
  if (state_ == State::kStreaming) return write_part();
  go_on();
}

void Connection::on_broken() { finish_for_good(); }

// Carries out what the client has sent, one command after the other, as far as that is possible
// now.
void Connection::go_on() {
  if (std::exchange(going_on_, true)) return;
  while (state_ == State::kReading && stream_.pending() < kMuch) {
    const auto next = reader_.next();
    if (next == CommandReader::State::kNeedsBytes) {
      if (ended_) leave();
      break;
    }
    if (next == CommandReader::State::kNeedsPayload) {
      if (terms_.mode >= Terms::Mode::kPrompt) write("+ ");
    } else if (next == CommandReader::State::kTooLong) {
      say(conf::LogLevel::kErr, "The line or its payload is too long.");
      write("\n");
      leave();
    } else {
      carry_out();
    }
  }
  going_on_ = false;
  if (state_ == State::kDone || state_ == State::kLeaving) return;
  // A line that is complete waits here for its turn; the rest may wait in the kernel.
  if (state_ == State::kReading && stream_.pending() < kMuch) {
    stream_.resume();
  } else {
    stream_.pause();
  }
}

void Connection::carry_out() {
  state_ = State::kAnswering;
  line_done_ = reader_.command().ends_line;
  timer_.stop();
  line_ = std::make_shared<Answer::Line>(static_cast<Outlet&>(*this));
  dispatch(shared_.commands, reader_.command(), client_, terms_, shared_.audit, Answer(line_));
}

void Connection::write(std::string_view text) { stream_.write(text); }

void Connection::say(conf::LogLevel severity, std::string_view sentence) {
  const auto number = static_cast<unsigned>(severity);
  if (terms_.severity_output == SeverityOutput::kNumber) write(fmt::format("[{}]: ", number));
  if (terms_.severity_output == SeverityOutput::kString)
    write(fmt::format("[{}]: ", telemetry::name_of(severity)));
  write(sentence);
  if (!sentence.ends_with('\n')) write("\n");
}

void Connection::stream(Producer producer) {
  state_ = State::kStreaming;
  producer_ = std::move(producer);
  await_client();
  write_part();
}

// The next one is written when this one is out, in a turn of its own.
void Connection::write_part() {
  std::string part;
  while (true) {
    const bool more = producer_(part);
    if (!more) break;
    if (!part.empty()) return write(part);
  }
  write(part);
  finish();
}

// The reply to a command is complete.
void Connection::finish() {
  producer_ = nullptr;
  line_.reset();
  if (terms_.quit) return leave();
  write(prompt());
  await_client();
  if (line_done_ && terms_.mode == Terms::Mode::kOneLine) return leave();
  state_ = State::kReading;
  go_on();
}

std::string Connection::prompt() const {
  if (terms_.mode == Terms::Mode::kPrompt) return "\n> ";
  if (terms_.mode != Terms::Mode::kTimedPrompt) return "\n";
  const std::uint64_t up = (shared_.loop.now() - shared_.start) / 1000;
  return fmt::format("\n[{}:{:02}:{:02}:{:02}]> ", up / 86400, up / 3600 % 24, up / 60 % 60,
                     up % 60);
}

// Closing with unread bytes would take the reply from the client; so the end is its own, or the
// timer's.
void Connection::leave() {
  state_ = State::kLeaving;
  await_client();
  stream_.shut();
  stream_.resume();
  if (ended_ && stream_.pending() == 0) finish_for_good();
}

void Connection::await_client() {
  unsent_before_ = stream_.pending();
  timer_.start(terms_.timeout);
}

// A long reply that is still being taken, however slowly, is no silence.
void Connection::on_timeout() {
  if (stream_.pending() < unsent_before_) return await_client();
  finish_for_good();
}

void Connection::finish_for_good() {
  if (std::exchange(state_, State::kDone) == State::kDone) return;
  timer_.stop();
  stream_.pause();
  if (line_) std::exchange(line_, nullptr)->cut();
  producer_ = nullptr;
  done_();
}

}  // namespace lb::admin
