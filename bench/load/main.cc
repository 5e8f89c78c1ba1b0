#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <span>
#include <string_view>

#include "bench/load/measurement.h"
#include "bench/load/options.h"

int main(int argc, char** argv) {
  const std::span<char*> arguments(argv + 1, static_cast<std::size_t>(argc - 1));
  if (argc == 2 && (std::string_view(argv[1]) == "--help" || std::string_view(argv[1]) == "-h")) {
    fmt::print("{}", bench::usage());
    return 0;
  }
  const auto options = bench::read_options(arguments);
  if (!options) {
    fmt::print(stderr, "tidegate-load: {}\n", options.error());
    return 2;
  }
  try {
    fmt::print("{}\n", bench::measure(*options));
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "tidegate-load: {}\n", error.what());
    return 1;
  }
}
