#include "lb/admin/show_servers.h"

#include <fmt/format.h>

#include <iterator>
#include <string_view>
#include <utility>

namespace lb::admin {
namespace {

using telemetry::BackendStat;
using telemetry::ServerStat;

constexpr std::string_view kStateHeader =
    "1\n# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight "
    "srv_iweight srv_time_since_last_change srv_check_status srv_check_result srv_check_health "
    "srv_check_state srv_agent_state bk_f_forced_id srv_f_forced_id srv_fqdn srv_port srvrecord "
    "srv_use_ssl srv_check_port srv_check_addr srv_agent_addr srv_agent_port\n";

std::string_view or_dash(std::string_view text) { return text.empty() ? "-" : text; }

// HAProxy's numbers (server-t.h, enum srv_state): 0 stopped, 1 starting, 2 running, 3 stopping.
int operation_of(const ServerStat& server) {
  if (server.maintenance || !server.up) return 0;
  if (server.stopping) return 3;
  return server.starting ? 1 : 2;
}

// Its bits (enum srv_admin): 1 maintenance, 2 inherited, 4 so by the configuration, 8 drain, 16
// inherited, 32 no address.
int admin_of(const ServerStat& server) {
  const int inherited = (server.inherits_maintenance ? 2 : 0) | (server.inherits_drain ? 16 : 0);
  const int configured = server.disabled ? 4 : 0;
  if (server.maintenance && server.unresolved) return 32 | inherited;
  if (server.maintenance) return 1 | configured | inherited;
  return (server.drain ? 8 : 0) | configured | inherited;
}

// Its bits (check-t.h): 2 configured, 4 enabled, 8 paused, 16 an agent's, 1 one is under way.
int check_state_of(const ServerStat& server) {
  const bool running = server.check && server.check->status.starts_with('*');
  if (!server.checked) return server.maintenance && server.disabled ? 8 : 0;
  return 2 | (server.check_disabled ? 0 : 4) | (server.maintenance ? 8 : 0) | (running ? 1 : 0);
}

int agent_state_of(const ServerStat& server) {
  if (!server.agent) return 0;
  return 18 | (server.agent_disabled ? 0 : 4) | (server.maintenance ? 8 : 0) |
         (server.agent->status.starts_with('*') ? 1 : 0);
}

// Who is not checked is told with the lives of one that is up, or none.
std::uint32_t health_of(const ServerStat& server) {
  if (server.maintenance) return 0;
  if (server.check) return server.check->health;
  constexpr std::uint32_t kUpByDefault = 2;
  return server.up ? kUpByDefault : 0;
}

void append_connections(std::string& out, const BackendStat& backend, const ServerStat& server) {
  fmt::format_to(std::back_inserter(out), "{}/{} {}/{} {} {} - 5000 {} {} {} 0 0 -1 0 0\n",
                 backend.name, server.name, backend.iid, server.sid, or_dash(server.host),
                 server.port, server.sessions.now, server.sessions.most, server.sessions.now);
}

using Append = void (*)(std::string& out, const BackendStat& backend, const ServerStat& server);

Producer render(std::string_view header, Append append,
                std::shared_ptr<const telemetry::Snapshot> snapshot, std::string only) {
  return [header, append, snapshot = std::move(snapshot), only = std::move(only), first = true,
          backend = std::size_t{0}, server = std::size_t{0}](std::string& part) mutable {
    if (std::exchange(first, false)) part += header;
    for (; backend < snapshot->backends.size(); ++backend, server = 0) {
      const BackendStat& one = snapshot->backends[backend];
      if (!only.empty() && only != one.name && only != fmt::format("#{}", one.iid)) continue;
      while (server < one.servers.size()) {
        if (part.size() >= kPart) return true;
        append(part, one, one.servers[server++]);
      }
    }
    return false;
  };
}

}  // namespace

std::string_view state_header() { return kStateHeader; }

void append_state(std::string& out, const BackendStat& backend, const ServerStat& server) {
  fmt::format_to(std::back_inserter(out),
                 "{} {} {} {} {} {} {} {} {} {} {} {} {} {} {} 0 0 {} {} - 0 {} {} {} {}\n",
                 backend.iid, backend.name, server.sid, server.name, or_dash(server.host),
                 operation_of(server), admin_of(server), server.user_weight, server.initial_weight,
                 server.changed_s, server.check ? server.check->number : 1,
                 server.check ? server.check->result : 0, health_of(server), check_state_of(server),
                 agent_state_of(server), or_dash(server.fqdn), server.port, server.check_port,
                 or_dash(server.check_address), or_dash(server.agent_address), server.agent_port);
}

Producer render_states(std::shared_ptr<const telemetry::Snapshot> snapshot, std::string backend) {
  return render(kStateHeader, append_state, std::move(snapshot), std::move(backend));
}

Producer render_connections(std::shared_ptr<const telemetry::Snapshot> snapshot,
                            std::string backend) {
  return render(
      "# bkname/svname bkid/svid addr port - purge_delay used_cur used_max need_est unsafe_nb "
      "safe_nb idle_lim idle_cur idle_per_thr[1]\n",
      append_connections, std::move(snapshot), std::move(backend));
}

}  // namespace lb::admin
