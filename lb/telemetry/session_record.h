#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "conf/log.h"
#include "lb/net/address.h"

namespace lb::telemetry {

// Why a session ended, and in which stage: HAProxy's two letters.
enum class Cause : char {
  kNone = '-',
  kClientAbort = 'C',
  kServerAbort = 'S',
  kClientTimeout = 'c',
  kServerTimeout = 's',
  kKilled = 'K',
  kDown = 'D',      // its server was marked down
  kBetterUp = 'U',  // a backup's, when a better server came up
  kProxy = 'P',
  kResource = 'R',
  kInternal = 'I',
};
enum class Stage : char {
  kNone = '-',
  kRequest = 'R',  // before a backend was chosen
  kQueue = 'Q',
  kConnect = 'C',
  kData = 'D',
};

struct CloseReason {
  Cause cause = Cause::kNone;
  Stage stage = Stage::kNone;
  friend bool operator==(const CloseReason&, const CloseReason&) = default;
};

// When in a session's life it is written down.
enum class Moment : std::uint8_t {
  kStart,     // its server is connected
  kProgress,  // so much more of it has passed
  kEnd,
};

// One session as the access log tells it. A plain value: names point into the configuration,
// which outlives the log writer.
struct SessionRecord {
  std::uint64_t id = 0;  // unique in the process
  std::chrono::system_clock::time_point accepted;
  net::Peer client;
  std::string_view frontend;
  std::string_view bind;      // as configured
  std::uint32_t bind_id = 1;  // its place in the frontend, from 1; tcplog names UNIX clients by it
  std::string_view backend;
  std::string_view server;                     // empty: none was chosen
  std::chrono::milliseconds queue_time{-1};    // until the last attempt; -1: never got so far
  std::chrono::milliseconds connect_time{-1};  // of that attempt; -1: no connection
  std::chrono::milliseconds total_time{0};
  std::uint64_t bytes_to_server = 0;
  std::uint64_t bytes_to_client = 0;
  CloseReason reason;
  Moment moment = Moment::kEnd;
  conf::LogLevel level = conf::LogLevel::kInfo;
  std::string_view handshake_error;    // HAProxy's words; empty: there was none
  std::uint32_t process_sessions = 0;  // with this one, as HAProxy counts
  std::uint32_t frontend_sessions = 0;
  std::uint32_t backend_sessions = 0;  // without this one, once it has ended
  std::uint32_t server_sessions = 0;
  std::uint32_t retries = 0;
  bool redispatched = false;
  bool client_spoke = false;       // sent a byte, even one that no server took
  bool partial = false;            // its counts may still grow: HAProxy's "+"
  std::uint32_t server_queue = 0;  // its place, from 1; 0: it did not wait there
  std::uint32_t backend_queue = 0;
};

}  // namespace lb::telemetry
