#include "lb/admin/rebalance_text.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string_view>

namespace lb::admin {
namespace {

using balancer::Grade;
using Json = nlohmann::ordered_json;
using State = RebalanceView::State;

std::string_view name_of(State state) {
  switch (state) {
    case State::kPlanned:
      return "planned";
    case State::kRunning:
      return "running";
    case State::kDone:
      return "done";
    case State::kAborted:
      return "aborted";
    case State::kGivenUp:
      break;
  }
  return "given-up";
}

std::uint64_t closed(const RebalanceView& view, Grade grade) {
  return view.closed[static_cast<std::size_t>(grade)];
}

}  // namespace

std::string rebalance_json(const RebalanceView& view) {
  Json servers = Json::array();
  for (const RebalanceView::Server& server : view.servers)
    servers.push_back({{"server", server.name},
                       {"sessions", server.sessions},
                       {"share", server.share},
                       {"surplus", server.surplus}});
  return Json{{"rebalance",
               {{"backend", view.backend->config.name},
                {"state", name_of(view.state)},
                {"servers", servers},
                {"closed",
                 {{"quiet", closed(view, Grade::kQuiet)},
                  {"answered", closed(view, Grade::kAnswered)},
                  {"still", closed(view, Grade::kStill)},
                  {"forced", closed(view, Grade::kBusy)}}},
                {"to", view.to},
                {"pace", view.pace}}}}
      .dump();
}

std::string rebalance_text(const RebalanceView& view) {
  std::string text =
      fmt::format("{}: {}, {} sessions too many, to {}% at {}/s\n", view.backend->config.name,
                  name_of(view.state), view.surplus, view.to, view.pace);
  text += fmt::format("{:<24} {:>9} {:>9} {:>9}\n", "# server", "sessions", "share", "surplus");
  for (const RebalanceView::Server& server : view.servers)
    text += fmt::format("{:<24} {:>9} {:>9} {:>9}\n", server.name, server.sessions, server.share,
                        server.surplus);
  return text;
}

}  // namespace lb::admin
