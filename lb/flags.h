#pragma once

#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <vector>

#include "conf/balance.h"

namespace lb {

// What the command line asks for, in HAProxy's flags.
struct Flags {
  enum class Show : std::uint8_t { kNothing, kUsage, kVersion, kBuild };

  Show show = Show::kNothing;  // print this, exit 0; nothing else counts
  bool demo = false;           // the word "demo": run the self-contained demonstration
  conf::Algorithm demo_balance = conf::Algorithm::kRoundRobin;  // of the demonstration
  std::vector<std::string> files;  // files and directories, in order; empty only for demo and show
  bool check = false;              // read the configuration, then exit
  bool quiet = false;              // -q, unless -V or -d takes it back
  bool verbose = false;            // -V
  bool debug = false;              // -d
  bool daemon = false;             // -D: as in HAProxy it wins over -d and -db
  std::string pid_file;            // empty: none
  std::uint32_t maxconn = 0;       // 0: as configured
};

// Reads the arguments after the program's name, or says in one sentence what is wrong with them.
[[nodiscard]] std::expected<Flags, std::string> scan_flags(std::span<const char* const> arguments);

[[nodiscard]] std::string usage();

}  // namespace lb
