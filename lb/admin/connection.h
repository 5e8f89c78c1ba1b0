#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "lb/admin/answer.h"
#include "lb/admin/command_reader.h"
#include "lb/admin/command_table.h"
#include "lb/admin/dispatch.h"
#include "lb/admin/request.h"
#include "lb/net/loop.h"
#include "lb/net/stream.h"

namespace lb::admin {

// One client of the runtime API: reads commands, has them carried out one after the other, each
// answered before the next begins, and says so when it is done. Control thread.
//
// While an answer is awaited nothing is read, and while much is unsent no command is begun: what a
// client costs is bounded whatever it does. A client that says nothing, or takes nothing, for its
// timeout is left; one that waits for an answer is not.
class Connection final : private net::Stream::Owner, private Outlet {
 public:
  // What all clients of a process share; outlives them.
  struct Shared {
    net::Loop& loop;
    const CommandTable& commands;
    Audit audit;
    net::Tick start;  // of the process, for the timed prompt
  };

  // `done` is called once, from the loop: the connection is to be destroyed in a later turn.
  Connection(const Shared& shared, net::Fd fd, Client client, Terms terms, net::Callback done);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

 private:
  enum class State : std::uint8_t {
    kReading,    // for the next command
    kAnswering,  // a command is carried out
    kStreaming,  // its reply has a producer
    kLeaving,    // all is said; what the client still sends is thrown away
    kDone,
  };

  void on_bytes(std::string_view bytes) override;
  void on_end() override;
  void on_drained() override;
  void on_broken() override;

  void write(std::string_view text) override;
  void say(conf::LogLevel severity, std::string_view sentence) override;
  void finish() override;
  void stream(Producer producer) override;
  [[nodiscard]] bool gone() const override { return stream_.gone(); }

  void go_on();
  void carry_out();
  void write_part();
  void leave();
  void finish_for_good();
  void await_client();
  void on_timeout();
  [[nodiscard]] std::string prompt() const;

  const Shared& shared_;
  Client client_;
  Terms terms_;
  net::Callback done_;
  net::Timer timer_;
  CommandReader reader_;
  State state_ = State::kReading;
  bool going_on_ = false;          // go_on() is on the stack
  bool ended_ = false;             // the client sends no more
  bool line_done_ = false;         // the command at hand is the last of its line
  std::size_t unsent_before_ = 0;  // when the timer was started
  Producer producer_;
  std::shared_ptr<Answer::Line> line_;  // of the answer that is owed
  net::Stream stream_;
};

}  // namespace lb::admin
