#include "lb/version.h"

#include <fmt/format.h>
#include <sys/utsname.h>

#include <string_view>

// CMake defines TIDEGATE_VERSION, and TIDEGATE_LIBRARIES as "name version, name version".
namespace lb {
namespace {

#if defined(__clang__)
constexpr std::string_view kCompiler = "clang " __clang_version__;
#else
constexpr std::string_view kCompiler = "gcc " __VERSION__;
#endif

#if defined(NDEBUG)
constexpr std::string_view kAssertions = "off";
#else
constexpr std::string_view kAssertions = "on";
#endif

#if defined(__SANITIZE_THREAD__)
constexpr std::string_view kSanitizer = "thread";
#elif defined(__SANITIZE_ADDRESS__)
constexpr std::string_view kSanitizer = "address";
#else
constexpr std::string_view kSanitizer = "none";
#endif

}  // namespace

std::string version() { return TIDEGATE_VERSION; }

std::string version_text() {
  utsname system{};
  ::uname(&system);
  return fmt::format("Tidegate version {}\nRunning on: {} {} {} {}\n", TIDEGATE_VERSION,
                     system.sysname, system.release, system.version, system.machine);
}

std::string build_text() {
  return fmt::format(
      "Build options :\n"
      "  COMPILER   = {}\n"
      "  STANDARD   = C++23\n"
      "  ASSERTIONS = {}\n"
      "  SANITIZER  = {}\n"
      "\n"
      "Libraries : {}\n"
      "\n"
      "Feature list : +EPOLL +LINUX_SPLICE +REUSEPORT +THREAD +UNIX_SOCKETS -IO_URING -OPENSSL\n"
      "\n"
      "Available polling systems : epoll\n",
      kCompiler, kAssertions, kSanitizer, TIDEGATE_LIBRARIES);
}

}  // namespace lb
