#include "lb/telemetry/access_line.h"

#include <stdlib.h>
#include <time.h>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <string>

using lb::net::Peer;
using lb::telemetry::AccessLine;
using lb::telemetry::Cause;
using lb::telemetry::Moment;
using lb::telemetry::SessionRecord;
using lb::telemetry::Stage;
using namespace std::chrono_literals;

namespace {

Peer ipv4_client() { return {.family = conf::Family::kIpv4, .port = 39094, .ip = {127, 0, 0, 1}}; }

// An ordinary session that had the process to itself.
SessionRecord ordinary() {
  SessionRecord record;
  record.id = 7;
  record.accepted = std::chrono::system_clock::time_point{1795380326046ms};
  record.client = ipv4_client();
  record.frontend = "web";
  record.bind = "127.0.0.1:8080";
  record.backend = "app";
  record.server = "s1";
  record.queue_time = 0ms;
  record.connect_time = 0ms;
  record.total_time = 3ms;
  record.bytes_to_server = 4;
  record.bytes_to_client = 5;
  record.process_sessions = 1;
  record.frontend_sessions = 1;
  return record;
}

std::string tcplog(const SessionRecord& record) {
  ::setenv("TZ", "UTC", 1);
  ::tzset();
  std::string out;
  AccessLine(conf::LogFormat::kTcplog).append(record, out);
  return out;
}

nlohmann::json json(const SessionRecord& record) {
  std::string out;
  AccessLine(conf::LogFormat::kJson).append(record, out);
  REQUIRE(out.find('\n') == std::string::npos);
  return nlohmann::json::parse(out);
}

}  // namespace

TEST_CASE("an ordinary session reads as in HAProxy's tcplog", "[telemetry]") {
  CHECK(tcplog(ordinary()) ==
        "127.0.0.1:39094 [22/Nov/2026:20:45:26.046] web app/s1 1/0/3 5 -- 1/1/0/0/0 0/0");
}

TEST_CASE("tcplog shows no server, and the frontend for want of a backend", "[telemetry]") {
  SessionRecord record = ordinary();
  record.backend = {};
  record.server = {};
  record.queue_time = -1ms;
  record.connect_time = -1ms;
  record.total_time = 0ms;
  record.bytes_to_client = 0;
  record.reason = {.cause = Cause::kServerAbort, .stage = Stage::kConnect};

  CHECK(tcplog(record) ==
        "127.0.0.1:39094 [22/Nov/2026:20:45:26.046] web web/<NOSRV> -1/-1/0 0 SC 1/1/0/0/0 0/0");
}

TEST_CASE("tcplog marks retries that went to another server", "[telemetry]") {
  SessionRecord record = ordinary();
  record.connect_time = -1ms;
  record.reason = {.cause = Cause::kServerTimeout, .stage = Stage::kConnect};
  record.retries = 2;
  record.process_sessions = 9;
  record.frontend_sessions = 8;
  record.backend_sessions = 7;
  record.server_sessions = 6;
  record.server_queue = 4;
  record.backend_queue = 3;
  record.queue_time = 1500ms;
  record.total_time = 2500ms;

  const std::string head = "127.0.0.1:39094 [22/Nov/2026:20:45:26.046] web app/s1 ";
  CHECK(tcplog(record) == head + "1501/-1/2500 5 sC 9/8/7/6/2 4/3");

  record.redispatched = true;
  CHECK(tcplog(record) == head + "1501/-1/2500 5 sC 9/8/7/6/+2 4/3");
}

TEST_CASE("tcplog names IPv6 clients without brackets and UNIX clients by their bind",
          "[telemetry]") {
  const std::string rest = " [22/Nov/2026:20:45:26.046] web app/s1 1/0/3 5 -- 1/1/0/0/0 0/0";
  SessionRecord record = ordinary();
  record.client = {.family = conf::Family::kIpv6, .port = 53062, .ip = {}};
  record.client.ip[15] = 1;
  CHECK(tcplog(record) == "::1:53062" + rest);

  record.client = {};
  record.bind_id = 2;
  CHECK(tcplog(record) == "unix:2" + rest);
}

TEST_CASE("a session that goes on is told with HAProxy's plus, and as its moment in JSON",
          "[telemetry]") {
  SessionRecord record = ordinary();
  record.moment = Moment::kStart;
  record.partial = true;

  CHECK(tcplog(record) ==
        "127.0.0.1:39094 [22/Nov/2026:20:45:26.046] web app/s1 1/0/+3 +5 -- 1/1/0/0/0 0/0");
  CHECK(json(record)["event"] == "start");
  record.moment = Moment::kProgress;
  CHECK(json(record)["event"] == "progress");
  CHECK(json(record)["bytes_to_client"] == 5);
}

TEST_CASE("names cannot break out of their line", "[telemetry]") {
  SessionRecord record = ordinary();
  record.frontend = "we\nb";
  record.server = "s\"1\n";

  CHECK(tcplog(record).find('\n') == std::string::npos);
  CHECK(json(record)["frontend"] == "we\nb");
  CHECK(json(record)["server"] == "s\"1\n");
}

TEST_CASE("a JSON line tells every field of a session", "[telemetry]") {
  CHECK(json(ordinary()) == nlohmann::json::parse(R"({
    "time": "2026-11-22T20:45:26.046Z", "event": "end", "session": 7, "client": "127.0.0.1", "client_port": 39094,
    "frontend": "web", "bind": "127.0.0.1:8080", "backend": "app", "server": "s1",
    "handshake_error": null, "queue_ms": 0, "connect_ms": 0, "total_ms": 3, "bytes_to_server": 4, "bytes_to_client": 5,
    "termination": "--", "process_sessions": 1, "frontend_sessions": 1, "backend_sessions": 0,
    "server_sessions": 0, "retries": 0, "redispatched": false, "server_queue": 0,
    "backend_queue": 0})"));
}

TEST_CASE("a JSON line keeps its keys and says null where there is nothing", "[telemetry]") {
  SessionRecord record = ordinary();
  record.client = {};
  record.backend = {};
  record.server = {};
  record.queue_time = -1ms;
  record.connect_time = -1ms;
  record.redispatched = true;
  record.reason = {.cause = Cause::kClientAbort, .stage = Stage::kQueue};

  const nlohmann::json line = json(record);

  CHECK(line.size() == json(ordinary()).size());
  for (const char* key : {"client", "client_port", "server", "queue_ms", "connect_ms"}) {
    CHECK(line[key].is_null());
  }
  CHECK(line["backend"] == "web");
  CHECK(line["redispatched"] == true);
  CHECK(line["termination"] == "CQ");
}

TEST_CASE("a line is appended to what the buffer holds", "[telemetry]") {
  AccessLine access_line(conf::LogFormat::kTcplog);
  std::string out;

  access_line.append(ordinary(), out);
  const std::string once = out;
  access_line.append(ordinary(), out);

  CHECK(out == once + once);
}
