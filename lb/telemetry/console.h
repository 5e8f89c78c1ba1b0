#pragma once

#include <string_view>

#include "lb/telemetry/note.h"

namespace lb::telemetry {

// The daemon's own start-up and fault lines, in HAProxy's shape: "[WARNING]  (4242) : text". Any
// thread.
class Console {
 public:
  // `fd` outlives this. A quiet console says nothing at all. Colour only on a terminal.
  Console(int fd, bool quiet);

  // A text of several lines goes on under "   | ", as HAProxy's do.
  void say(Level level, std::string_view text) const;

 private:
  int fd_;
  bool quiet_;
  bool colour_;
};

}  // namespace lb::telemetry
