#pragma once

#include <string>

#include "conf/model.h"
#include "lb/telemetry/session_record.h"
#include "lb/telemetry/timestamp.h"

namespace lb::telemetry {

// Writes the line of a session. README.md tells both layouts field by field. One object
// belongs to one thread.
class AccessLine {
 public:
  explicit AccessLine(conf::LogFormat format);

  // Appends the line, without a newline. Allocates only when `out` has to grow.
  void append(const SessionRecord& record, std::string& out);

 private:
  void append_tcplog(const SessionRecord& record, std::string& out);
  void append_json_object(const SessionRecord& record, std::string& out);

  conf::LogFormat format_;
  Timestamp timestamp_;
};

}  // namespace lb::telemetry
