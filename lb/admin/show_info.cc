#include "lb/admin/show_info.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string_view>
#include <vector>

#include "lb/admin/typed_value.h"

namespace lb::admin {
namespace {

using namespace std::string_literals;  // NOLINT(google-build-using-namespace): the literal alone

struct Line {
  int position;
  std::string_view name;
  std::string_view tags;
  TypedValue value;
  std::string_view description;
};

template <typename T>
std::uint32_t u32(T value) {
  return static_cast<std::uint32_t>(value);
}

TypedValue seconds(double value, bool floating) {
  return floating ? TypedValue(value) : TypedValue(u32(value));
}

// "0d 0h02m54s"
std::string uptime_words(double seconds) {
  const auto all = static_cast<std::uint64_t>(seconds);
  return fmt::format("{}d {}h{:02}m{:02}s", all / 86'400, all / 3'600 % 24, all / 60 % 60,
                     all % 60);
}

std::vector<Line> lines_of(const telemetry::ProcessStat& p, bool floating) {
  constexpr std::uint64_t kNone64 = 0;
  return {
      {0, "Name", "POS", "Tidegate"s, "name of the program"},
      {1, "Version", "POS", p.version, "its version"},
      {2, "Release_date", "POS", ""s, ""},
      {3, "Nbthread", "CGS", p.threads, "workers"},
      {4, "Nbproc", "CGS", 1U, ""},
      {5, "Process_num", "KGP", 1U, ""},
      {6, "Pid", "SGP", u32(p.pid), "number of the process for the system"},
      {7, "Uptime", "MDP", uptime_words(p.uptime_s), "time since the start"},
      {8, "Uptime_sec", "MDP", seconds(p.uptime_s, floating), "the same in seconds"},
      {9, "Memmax_MB", "CLP", 0U, ""},
      {10, "PoolAlloc_MB", "MGP", 0U, ""},
      {11, "PoolUsed_MB", "MGP", 0U, ""},
      {12, "PoolFailed", "MCP", 0U, ""},
      {13, "Ulimit-n", "CLP", u32(p.descriptors), "limit of descriptors"},
      {14, "Maxsock", "CLP", u32(p.descriptors), ""},
      {15, "Maxconn", "CLP", p.maxconn, "limit of sessions"},
      {16, "Hard_maxconn", "CLP", p.hard_maxconn, "the highest that it can be set to"},
      {17, "CurrConns", "MGP", p.sessions, "sessions now"},
      {18, "CumConns", "MCP", u32(p.connections), "connections so far"},
      {19, "CumReq", "MCP", u32(p.admitted), "sessions so far"},
      {20, "MaxSslConns", "MMP", 0U, ""},
      {21, "CurrSslConns", "MGP", 0U, ""},
      {22, "CumSslConns", "MCP", 0U, ""},
      {23, "Maxpipes", "CLP", p.maxpipes, "limit of pipes for splicing"},
      {24, "PipesUsed", "MGP", 0U, ""},
      {25, "PipesFree", "MGP", 0U, ""},
      {26, "ConnRate", "MRP", u32(p.connection_rate.now), "connections in the last second"},
      {27, "ConnRateLimit", "CLP", p.connection_rate_limit, "limit of those"},
      {28, "MaxConnRate", "MMP", u32(p.connection_rate.most), "most connections in a second"},
      {29, "SessRate", "MRP", u32(p.session_rate.now), "sessions in the last second"},
      {30, "SessRateLimit", "CLP", p.session_rate_limit, "limit of those"},
      {31, "MaxSessRate", "MRP", u32(p.session_rate.most), "most sessions in a second"},
      {32, "SslRate", "MRP", 0U, ""},
      {33, "SslRateLimit", "CLP", 0U, ""},
      {34, "MaxSslRate", "MMP", 0U, ""},
      {35, "SslFrontendKeyRate", "MGP", 0U, ""},
      {36, "SslFrontendMaxKeyRate", "MMP", 0U, ""},
      {37, "SslFrontendSessionReuse_pct", "MGP", 0U, ""},
      {38, "SslBackendKeyRate", "MRP", 0U, ""},
      {39, "SslBackendMaxKeyRate", "MMP", 0U, ""},
      {40, "SslCacheLookups", "MCP", 0U, ""},
      {41, "SslCacheMisses", "MCP", 0U, ""},
      {42, "CompressBpsIn", "MRP", 0U, ""},
      {43, "CompressBpsOut", "MRP", 0U, ""},
      {44, "CompressBpsRateLim", "CLP", 0U, ""},
      {47, "Tasks", "MGP", 0U, ""},
      {48, "Run_queue", "MGP", 0U, ""},
      {49, "Idle_pct", "MaP", 100U, ""},
      {50, "node", "COS", p.node, "name of this machine"},
      {52, "Stopping", "MGP", u32(p.stopping), "1: nobody new is let in"},
      {53, "Jobs", "MGP", u32(p.sessions + p.listeners), ""},
      {54, "Unstoppable Jobs", "MGP", 0U, ""},
      {55, "Listeners", "MGP", p.listeners, "addresses that are listened on"},
      {56, "ActivePeers", "MGP", 0U, ""},
      {57, "ConnectedPeers", "MGP", 0U, ""},
      {58, "DroppedLogs", "MGP", 0U, ""},
      {59, "BusyPolling", "MGP", u32(p.busy_polling), ""},
      {60, "FailedResolutions", "MGP", 0U, ""},
      {61, "TotalBytesOut", "MGP", p.bytes_out, "bytes passed on"},
      {62, "TotalSplicdedBytesOut", "MGP", kNone64, ""},
      {63, "BytesOutRate", "MRP", kNone64, ""},
      {64, "DebugCommandsIssued", "MGP", 0U, ""},
      {65, "CumRecvLogs", "MCP", 0U, ""},
      {66, "Build info", "POS", p.version, ""},
      {67, "Memmax_bytes", "CLP", 0U, ""},
      {68, "PoolAlloc_bytes", "MGP", kNone64, ""},
      {69, "PoolUsed_bytes", "MGP", kNone64, ""},
      {70, "Start_time_sec", "MDP", seconds(p.started_s, floating),
       "start, in seconds of the epoch"},
      {71, "Tainted", "SGP", "0"s, ""},
  };
}

}  // namespace

std::string info_text(const telemetry::ProcessStat& process, std::span<const std::string> words) {
  const auto asks = [&](std::string_view word) {
    return std::ranges::find(words, word) != words.end();
  };
  const bool typed = asks("typed");
  const bool json = asks("json");
  std::string text;
  for (const Line& line : lines_of(process, asks("float"))) {
    const auto out = std::back_inserter(text);
    if (json) {
      fmt::format_to(out, R"({}{{"field":{{"pos":{},"name":"{}"}},"processNum":1,)",
                     text.empty() ? "[" : ",", line.position, line.name);
      append_json_tags(text, line.tags);
      text += R"(,"value":)";
      append_json(text, line.value);
      text += '}';
      continue;
    }
    if (typed) {
      fmt::format_to(out, "{}.{}.1:{}:", line.position, line.name, line.tags);
      append_typed(text, line.value);
    } else {
      fmt::format_to(out, "{}: ", line.name);
      append_plain(text, line.value);
    }
    if (asks("desc")) fmt::format_to(out, ":\"{}\"", line.description);
    text += '\n';
  }
  if (json) text += "]\n";
  return text;
}

}  // namespace lb::admin
