#include "lb/admin/session_text.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string_view>

namespace lb::admin {
namespace {

using balancer::Talk;
using json = nlohmann::ordered_json;
using proxy::SessionView;

net::Tick since(net::Tick then, net::Tick now) { return now > then ? now - then : 0; }

std::string_view last_of(const SessionView& session) {
  switch (session.last) {
    case Talk::Last::kClient:
      return "client";
    case Talk::Last::kServer:
      return "server";
    case Talk::Last::kNobody:
      break;
  }
  return "none";
}

json or_null(std::string_view text) { return text.empty() ? json() : json(text); }

json as_json(const SessionView& session, net::Tick now) {
  return {
      {"id", session.id},
      {"frontend", session.frontend},
      {"backend", or_null(session.backend)},
      {"server", or_null(session.server)},
      {"client", net::to_string(session.client)},
      {"server_address", session.connects ? json(conf::to_string(session.server_address)) : json()},
      {"age_ms", since(session.accepted, now)},
      {"idle_ms", since(session.last_byte, now)},
      {"bytes_in", session.bytes_to_server},
      {"bytes_out", session.bytes_to_client},
      {"last", last_of(session)},
      {"state", name_of(session.state)}};
}

// "3s", "2m5s", "1h2m", "3d4h", as HAProxy shows an age.
std::string human(net::Tick ms) {
  const net::Tick seconds = ms / 1000;
  if (seconds < 60) return fmt::format("{}s", seconds);
  if (seconds < 3600) return fmt::format("{}m{}s", seconds / 60, seconds % 60);
  if (seconds < 86400) return fmt::format("{}h{}m", seconds / 3600, seconds / 60 % 60);
  return fmt::format("{}d{}h", seconds / 86400, seconds / 3600 % 24);
}

std::string_view protocol_of(const SessionView& session) {
  switch (session.client.family) {
    case conf::Family::kIpv4:
      return "tcpv4";
    case conf::Family::kIpv6:
      return "tcpv6";
    case conf::Family::kUnix:
      break;
  }
  return "unix_stream";
}

}  // namespace

std::string sessions_json(const SessionPage& page) {
  json all = json::array();
  for (const SessionView& session : page.sessions) all.push_back(as_json(session, page.now));
  return json{
      {"sessions", all}, {"total", page.total}, {"next", page.next ? json(*page.next) : json()}}
      .dump();
}

std::string sessions_table(const SessionPage& page) {
  constexpr const char* kRow = "{:>8} {:<16} {:<24} {:<24} {:>8} {:>8} {:>12} {:>12} {:<6} {}\n";
  std::string text = fmt::format(fmt::runtime(kRow), "# id", "frontend", "server", "client", "age",
                                 "idle", "in", "out", "last", "state");
  for (const SessionView& one : page.sessions)
    text += fmt::format(fmt::runtime(kRow), one.id, one.frontend,
                        one.server.empty() ? "-" : fmt::format("{}/{}", one.backend, one.server),
                        net::to_string(one.client), human(since(one.accepted, page.now)),
                        human(since(one.last_byte, page.now)), one.bytes_to_server,
                        one.bytes_to_client, last_of(one), name_of(one.state));
  if (page.next) text += fmt::format("# {} in all; go on with: after {}\n", page.total, *page.next);
  return text;
}

std::string sess_line(const SessionView& session, net::Tick now) {
  return fmt::format(
      "{:#x}: proto={} src={} fe={} be={} srv={} ts=00 epoch=0 age={} calls=1 rate=0 cpu=0 lat=0 "
      "rq[f=0h,i=0,an=00h,rx=,wx=,ax=] rp[f=0h,i=0,an=00h,rx=,wx=,ax=] scf=[8,0h,fd=-1] "
      "scb=[8,0h,fd=-1] exp= rc={} c_exp=\n",
      session.id, protocol_of(session), net::to_string(session.client), session.frontend,
      session.backend.empty() ? "<NONE>" : session.backend,
      session.server.empty() ? "<none>" : session.server, human(since(session.accepted, now)),
      session.retries);
}

}  // namespace lb::admin
