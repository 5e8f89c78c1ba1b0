#include "lb/admin/stat_rows.h"

#include <initializer_list>
#include <string_view>

namespace lb::admin {
namespace {

using telemetry::Gauge;
using telemetry::MeanTimes;
using telemetry::Totals;

// Fills a row by the names of its columns.
class Filler {
 public:
  explicit Filler(StatRow& row) : row_(row) {}

  void set(std::string_view column, TypedValue value) {
    row_.values[stat_column(column)] = std::move(value);
  }
  void text(std::string_view column, std::string_view value) { set(column, std::string(value)); }
  void number(std::string_view column, std::uint64_t value) {
    set(column, static_cast<std::uint32_t>(value));
  }
  void count(std::string_view column, std::uint64_t value) { set(column, value); }

  // What this proxy has none of, being one for TCP.
  void nothing(std::initializer_list<std::string_view> columns) {
    for (const std::string_view column : columns) count(column, 0);
  }
  void modules(std::string_view first, std::size_t columns) {
    for (std::size_t at = stat_column(first); columns > 0; --columns)
      row_.values[at++] = std::uint64_t{0};
  }

  void place(std::string_view proxy, std::string_view service, std::uint32_t iid, std::uint32_t sid,
             std::uint32_t type) {
    text("pxname", proxy);
    text("svname", service);
    number("pid", 1);
    number("iid", iid);
    number("sid", sid);
    number("type", type);
    text("mode", "tcp");
  }
  void sessions(const Gauge& sessions, const Totals& totals) {
    number("scur", sessions.now);
    number("smax", sessions.most);
    count("stot", totals.sessions);
    count("bin", totals.bytes_in);
    count("bout", totals.bytes_out);
  }
  void rate(const Gauge& rate) {
    number("rate", rate.now);
    number("rate_max", rate.most);
  }

  // What servers and backends have in common.
  void service(const Gauge& queue, const Totals& totals, const MeanTimes& times) {
    number("qcur", queue.now);
    number("qmax", queue.most);
    nothing({"dresp", "wrew", "reuse", "eint"});
    count("econ", totals.failed_connects);
    count("eresp", totals.failed_responses);
    count("wretr", totals.retries);
    count("wredis", totals.redispatches);
    count("lbtot", totals.chosen);
    count("cli_abrt", totals.client_aborts);
    count("srv_abrt", totals.server_aborts);
    count("connect", totals.connects);
    number("qtime", times.queue.now);
    number("ctime", times.connect.now);
    number("rtime", 0);
    number("ttime", times.total.now);
    number("qtime_max", times.queue.most);
    number("ctime_max", times.connect.most);
    number("rtime_max", 0);
    number("ttime_max", times.total.most);
  }
  void last_session(const std::optional<std::uint64_t>& seconds) {
    set("lastsess", seconds ? static_cast<std::int32_t>(*seconds) : std::int32_t{-1});
  }

 private:
  StatRow& row_;
};

void fill_check(Filler& fill, const telemetry::CheckStat& check) {
  fill.text("check_status", check.status);
  if (check.code) fill.number("check_code", *check.code);
  if (check.ended) fill.count("check_duration", check.duration_ms);
  fill.text("last_chk", check.last);
  fill.text("check_desc", check.description);
  fill.number("check_rise", check.rise);
  fill.number("check_fall", check.fall);
  fill.number("check_health", check.health);
}

void fill_agent(Filler& fill, const telemetry::CheckStat& agent) {
  fill.text("agent_status", agent.status);
  if (agent.ended) fill.count("agent_duration", agent.duration_ms);
  fill.text("last_agt", agent.last);
  fill.text("agent_desc", agent.description);
  fill.number("agent_rise", agent.rise);
  fill.number("agent_fall", agent.fall);
  fill.number("agent_health", agent.health);
}

}  // namespace

StatRow row_of(const telemetry::FrontendStat& frontend) {
  StatRow row{.object = 'F', .iid = frontend.iid, .sid = 0, .values = {}};
  Filler fill(row);
  const Totals& totals = frontend.totals;
  fill.place(frontend.name, "FRONTEND", frontend.iid, 0, 0);
  fill.sessions(frontend.sessions, totals);
  fill.number("slim", frontend.limit);
  fill.nothing({"dreq", "dresp", "ereq", "req_tot", "comp_in", "comp_out", "comp_byp", "comp_rsp",
                "wrew", "eint"});
  fill.text("status", frontend.status);
  fill.rate(frontend.session_rate);
  fill.number("rate_lim", frontend.rate_limit);
  fill.number("req_rate", 0);
  fill.number("req_rate_max", 0);
  fill.number("conn_rate", frontend.connection_rate.now);
  fill.number("conn_rate_max", frontend.connection_rate.most);
  fill.count("conn_tot", totals.connections);
  fill.count("dcon", totals.denied_connections);
  fill.count("dses", totals.denied_sessions);
  fill.modules("ssl_sess", 24);
  return row;
}

StatRow row_of(const telemetry::ServerStat& server, const telemetry::BackendStat& backend,
               bool addresses) {
  StatRow row{.object = 'S', .iid = backend.iid, .sid = server.sid, .values = {}};
  Filler fill(row);
  fill.place(backend.name, server.name, backend.iid, server.sid, 2);
  fill.sessions(server.sessions, server.totals);
  fill.service(server.queue, server.totals, server.times);
  if (server.limit != 0) fill.number("slim", server.limit);
  if (server.queue_limit != 0) fill.number("qlimit", server.queue_limit);
  fill.text("status", server.status);
  fill.number("weight", server.weight);
  fill.number("uweight", server.user_weight);
  fill.number("act", server.backup ? 0 : 1);
  fill.number("bck", server.backup ? 1 : 0);
  if (server.checked) {
    fill.count("chkfail", server.totals.failed_checks);
    fill.count("chkdown", server.totals.downs);
    fill.number("downtime", server.down_s);
  }
  fill.number("lastchg", server.changed_s);
  if (server.throttle) fill.number("throttle", *server.throttle);
  if (!server.tracked.empty()) fill.text("tracked", server.tracked);
  fill.rate(server.rate);
  fill.last_session(server.last_session_s);
  if (server.check && !server.maintenance && !server.check_disabled)
    fill_check(fill, *server.check);
  if (server.agent) fill_agent(fill, *server.agent);
  if (addresses) fill.text("addr", server.address);
  fill.number("srv_icur", 0);
  fill.number("idle_conn_cur", 0);
  fill.number("safe_conn_cur", 0);
  fill.number("used_conn_cur", server.sessions.now);
  fill.number("need_conn_est", server.sessions.now);
  fill.modules("ssl_sess", 3);
  return row;
}

StatRow row_of(const telemetry::BackendStat& backend, bool addresses) {
  StatRow row{.object = 'B', .iid = backend.iid, .sid = 0, .values = {}};
  Filler fill(row);
  fill.place(backend.name, "BACKEND", backend.iid, 0, 1);
  fill.sessions(backend.sessions, backend.totals);
  fill.service(backend.queue, backend.totals, backend.times);
  fill.number("slim", backend.limit);
  fill.nothing({"dreq", "comp_in", "comp_out", "comp_byp", "comp_rsp"});
  fill.text("status", backend.up ? "UP" : "DOWN");
  fill.number("weight", backend.weight);
  fill.number("uweight", backend.user_weight);
  fill.number("act", backend.active);
  fill.number("bck", backend.backup);
  fill.count("chkdown", backend.totals.downs);
  fill.number("lastchg", backend.changed_s);
  fill.number("downtime", backend.down_s);
  fill.rate(backend.rate);
  fill.last_session(backend.last_session_s);
  if (addresses) fill.text("algo", backend.algorithm);
  for (const char* column : {"agg_server_status", "agg_server_check_status", "agg_check_status"})
    fill.number(column, 0);
  fill.modules("ssl_sess", 24);
  return row;
}

}  // namespace lb::admin
