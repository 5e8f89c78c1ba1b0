#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "health/dialog.h"

namespace support {

// The server of a check, played without a socket: `answers[n]` comes after the n-th connect or send
// (the first is the connect), then `end`.
struct CheckServer {
  enum class End : std::uint8_t { kSilence, kFin, kReset };
  std::vector<std::string> answers = {};
  End end = End::kSilence;
  std::size_t piece = 1 << 20;  // bytes that come at a time
};

// How a check of it ends.
inline health::Verdict play(const health::Plan& plan, const CheckServer& server,
                            bool down = false) {
  health::Dialog dialog(plan, down);
  std::string coming;
  std::size_t turn = 0;
  auto act = dialog.begin();
  while (true) {
    if (auto* verdict = std::get_if<health::Verdict>(&act)) return std::move(*verdict);
    if (std::holds_alternative<health::Dialog::Receive>(act)) {
      if (!coming.empty()) {
        const std::string piece = coming.substr(0, server.piece);
        coming.erase(0, piece.size());
        act = dialog.received(piece);
      } else if (server.end == CheckServer::End::kSilence) {
        return dialog.timed_out();
      } else {
        act =
            dialog.ended(server.end == CheckServer::End::kReset ? "Connection reset by peer" : "");
      }
      continue;
    }
    const bool connects = std::holds_alternative<const health::Connect*>(act);
    if (connects) coming.clear();
    if (turn < server.answers.size()) coming += server.answers[turn];
    ++turn;
    act = connects ? dialog.connected() : dialog.sent();
  }
}

}  // namespace support
