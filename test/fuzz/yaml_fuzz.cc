#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <variant>

#include "conf/read.h"
#include "test/support/memory_source.h"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

bool is_printable(const std::string& text) {
  return std::ranges::none_of(text, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

// A mistake is one line of text that leads to a line of a file.
void check(const conf::Mistake& mistake) {
  require(!mistake.file.empty() && mistake.line >= 1);
  require(!mistake.where.empty() && !mistake.what.empty());
  require(is_printable(mistake.where) && is_printable(mistake.what));
}

void check(const conf::Check& check) {
  require(check.dialog != nullptr && check.rise > 0 && check.fall > 0);
  for (const auto interval : {check.interval, check.fast_interval, check.down_interval})
    require(interval >= conf::Milliseconds{1} && interval <= std::chrono::days{24});
  for (const auto& step : check.dialog->steps) {
    if (const auto* const request = std::get_if<conf::HttpRequest>(&step)) {
      require(is_printable(request->method + request->path + request->version));
      for (const auto& header : request->headers)
        require(is_printable(header.name) && is_printable(header.value));
    }
    if (const auto* const expect = std::get_if<conf::CheckExpect>(&step))
      require(expect->pattern.empty() == (expect->match == conf::CheckExpect::Match::kStatus));
  }
}

// What the rest of the program takes for granted.
void check(const conf::Config& config) {
  require(!config.frontends.empty() && !config.global.logs.empty());
  for (const auto& frontend : config.frontends) {
    require(!frontend.binds.empty() && !frontend.name.empty());
    bool found = false;
    for (const auto& backend : config.backends) found |= backend.name == frontend.backend;
    require(found);
  }
  for (const auto& backend : config.backends) {
    require(!backend.servers.empty() && backend.connect_timeout >= conf::Milliseconds{1});
    for (const auto& server : backend.servers) {
      require(server.id != 0 && server.weight <= 256);
      require(server.address.has_value() || !server.host.empty());
      require(!server.check || !server.track);
      require(!server.agent || server.agent->port != 0);
      if (server.check) check(*server.check);
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  support::MemorySource source;
  source.files["fuzz.yaml"] = std::string(reinterpret_cast<const char*>(data), size);
  source.files["/etc/tidegate/allow.txt"] = source.files["fuzz.yaml"];
  source.environment["VALUE"] = "1s";
  source.users = {"nobody"};
  source.groups = {"nogroup"};
  source.hosts["app.internal"] = {*conf::parse_ip("10.0.0.7")};

  const auto reading = conf::read({"fuzz.yaml"}, source);
  if (reading) {
    check(reading->config);
  } else {
    require(!reading.error().empty());
    for (const auto& mistake : reading.error()) check(mistake);
  }
  return 0;
}
