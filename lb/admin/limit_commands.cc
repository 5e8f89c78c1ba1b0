#include "lb/admin/limit_commands.h"

#include <string_view>
#include <utility>

#include "lb/admin/limit_number.h"

namespace lb::admin {
namespace {

constexpr std::string_view kMissing = "Expects an integer value.";
constexpr std::string_view kRates =
    "'set rate-limit' only supports :\n"
    "   - 'connections global' to set the per-process maximum connection rate\n"
    "   - 'sessions global' to set the per-process maximum session rate\n"
    "   - 'ssl-sessions global' to set the per-process maximum SSL session rate\n"
    "   - 'http-compression global' to set the per-process maximum compression speed in kB/s";

void set_maxconn(Gates& gates, const Request& request, Answer answer) {
  const auto max = limit_in(request.word(0), kMissing);
  if (!max) return answer.fail(max.error());
  if (*max > gates.most_maxconn()) return answer.fail("Value out of range.");
  gates.set_maxconn(*max == 0 ? gates.most_maxconn() : *max);
}

// There is no TLS and no compression that a limit of them could slow down.
void set_rate(Gates& gates, const Request& request, Answer answer) {
  const std::string_view what = request.word(0);
  const bool known = what == "connections" || what == "sessions" || what == "ssl-sessions" ||
                     what == "http-compression";
  if (!known || request.word(1) != "global") return answer.fail(kRates);
  const auto rate = limit_in(request.word(2), kMissing);
  if (!rate) return answer.fail(rate.error());
  if (what == "connections") gates.set_connection_rate(*rate);
  if (what == "sessions") gates.set_session_rate(*rate);
}

}  // namespace

void add_limit_commands(CommandTable& table, Engine& engine) {
  table.add({.words = "set maxconn global",
             .arguments = "<value>",
             .description = "change the per-process maxconn setting",
             .level = Level::kAdmin,
             .changes = true,
             .handler = [&gates = engine.gates()](const Request& request, Answer answer) {
               set_maxconn(gates, request, std::move(answer));
             }});
  table.add({.words = "set rate-limit",
             .arguments = "<setting> <value>",
             .description = "change a rate limiting value",
             .level = Level::kAdmin,
             .changes = true,
             .handler = [&gates = engine.gates()](const Request& request, Answer answer) {
               set_rate(gates, request, std::move(answer));
             }});
}

}  // namespace lb::admin
