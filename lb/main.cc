#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <exception>
#include <span>

#include "conf/read.h"
#include "lb/background.h"
#include "lb/daemon.h"
#include "lb/demo/demo.h"
#include "lb/flags.h"
#include "lb/system_source.h"
#include "lb/telemetry/console.h"
#include "lb/version.h"

namespace {

using lb::telemetry::Console;
using lb::telemetry::Level;

int serve(const lb::Flags& flags, const Console& console) {
  lb::SystemSource source;
  auto reading = conf::read(flags.files, source);
  if (!reading) {
    for (const conf::Mistake& mistake : reading.error())
      console.say(Level::kAlert, conf::to_string(mistake));
    return EXIT_FAILURE;
  }
  for (const conf::Mistake& note : reading->notes)
    console.say(Level::kNotice, conf::to_string(note));
  if (flags.check) {
    if (flags.verbose) fmt::print("Configuration file is valid\n");
    return EXIT_SUCCESS;
  }
  if (flags.maxconn != 0) reading->config.global.maxconn = flags.maxconn;
  return lb::Daemon(reading->config, flags, console).run();
}

int start(std::span<const char* const> arguments) {
  const auto flags = lb::scan_flags(arguments);
  if (!flags) {
    fmt::print(stderr, "{}tidegate: {}\n\n{}", lb::version_text(), flags.error(), lb::usage());
    return EXIT_FAILURE;
  }
  switch (flags->show) {
    case lb::Flags::Show::kUsage:
      fmt::print("{}", lb::usage());
      return EXIT_SUCCESS;
    case lb::Flags::Show::kVersion:
      fmt::print("{}", lb::version_text());
      return EXIT_SUCCESS;
    case lb::Flags::Show::kBuild:
      fmt::print("{}{}", lb::version_text(), lb::build_text());
      return EXIT_SUCCESS;
    case lb::Flags::Show::kNothing:
      break;
  }
  const Console console(STDERR_FILENO, flags->quiet);
  return flags->demo ? lb::demo::run(*flags, console) : serve(*flags, console);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    lb::fill_standard_streams();
    return start(std::span(argv, static_cast<std::size_t>(argc)).subspan(1));
  } catch (const std::exception& error) {
    fmt::print(stderr, "tidegate: {}\n", error.what());
    return EXIT_FAILURE;
  }
}
