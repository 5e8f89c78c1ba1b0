#pragma once

#include <netinet/in.h>
#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <expected>
#include <span>
#include <string>

namespace bench {

// What one measurement is: which loads, through which proxy, for how long.
struct Options {
  sockaddr_in proxy{};
  std::uint64_t frontends = 1;  // ports of the proxy, from that one on
  sockaddr_in server{};
  pid_t pid = 0;  // of the proxy's process that carries the sessions; 0: none is looked at

  std::uint64_t round_trips = 0;  // sessions of each kind
  std::uint64_t connects = 0;
  std::uint64_t visits = 0;
  std::uint64_t uploads = 0;
  std::uint64_t downloads = 0;
  std::uint64_t idle = 0;
  std::uint64_t rate = 0;  // messages a second over all round-trip sessions; 0: closed loop

  std::chrono::milliseconds warmup{500};
  std::chrono::milliseconds window{2000};
  std::uint64_t operations = 0;  // not 0: exactly so many, without warm-up, however long it takes
};

// Reads the arguments after the program's name, or says in one sentence what is wrong with them.
[[nodiscard]] std::expected<Options, std::string> read_options(std::span<char*> arguments);

[[nodiscard]] std::string usage();

}  // namespace bench
