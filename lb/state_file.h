#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <thread>

#include "lb/engine.h"
#include "lb/net/loop.h"
#include "lb/net/mailbox.h"
#include "lb/net/opener.h"
#include "lb/statistics.h"

namespace lb {

// Keeps what servers are in a file, for a process that is started later. Control thread; a file is
// made and written on a thread of its own, as a disk may take long, and takes the old one's place
// when it is whole.
class StateFile {
 public:
  struct Control {
    std::function<void(net::Mailbox::Message)> post;  // to the control thread, from any
    std::function<void(telemetry::Level, std::string)> note;
  };

  // All outlive it.
  StateFile(std::string path, net::Opener& opener, net::Loop& loop, Control control);
  ~StateFile();
  StateFile(const StateFile&) = delete;
  StateFile& operator=(const StateFile&) = delete;

  // Before the process gives up root: what the file says is in force again.
  void restore(Engine& engine);

  // Afterwards: from now on it is written when something changes, and tells at once if that cannot
  // be. Both outlive it.
  void keep(Engine& engine, Statistics& statistics);

  // An operator has changed something: it is in the file within a second.
  void changed();

  // Something has changed by itself: that has some seconds.
  void changed_by_itself();

  // Writes once more, and then calls `then`; after some seconds also when that is not done. What
  // is destroyed while it still hangs ends the process.
  void finish(std::function<void()> then);

 private:
  void write_within(std::chrono::milliseconds time);
  void write();
  void wrote(net::Status status);
  void tell(net::Status status);
  void give_up();

  const std::string path_;
  net::Opener& opener_;
  const Control control_;
  net::Timer timer_;
  net::Timer last_;               // of finish()
  std::optional<net::Tick> due_;  // of timer_
  Engine* engine_ = nullptr;
  Statistics* statistics_ = nullptr;
  std::thread writer_;
  bool writing_ = false;  // or about to
  bool once_more_ = false;
  bool told_fault_ = false;
  bool abandoned_ = false;
  std::function<void()> finished_;
};

}  // namespace lb
