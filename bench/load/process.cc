#include "bench/load/process.h"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace bench {
namespace {

std::ifstream open(const std::filesystem::path& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error(fmt::format("{}: cannot be read", path.string()));
  return file;
}

// The number behind a word: "Anonymous:  1234 kB", "TCP: inuse 5 orphan 0 tw 2 alloc 7 mem 3".
std::uint64_t number_behind(const std::filesystem::path& path, std::string_view line_start,
                            std::string_view word) {
  std::ifstream file = open(path);
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with(line_start)) continue;
    const std::size_t at = line.find(word);
    if (at != std::string::npos) return std::stoull(line.substr(at + word.size()));
  }
  throw std::runtime_error(fmt::format("{}: has no \"{}\"", path.string(), word));
}

}  // namespace

Duration cpu_time(pid_t pid) {
  Duration sum{};
  for (const auto& task : std::filesystem::directory_iterator(fmt::format("/proc/{}/task", pid))) {
    Duration::rep on_core = 0;
    std::ifstream(task.path() / "schedstat") >> on_core;
    sum += Duration(on_core);
  }
  return sum;
}

Memory memory(pid_t pid) {
  const std::string smaps = fmt::format("/proc/{}/smaps_rollup", pid);
  const auto page = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  return {.anonymous = number_behind(smaps, "Anonymous:", "Anonymous:") * 1024,
          .kernel_tcp = number_behind("/proc/net/sockstat", "TCP:", " mem ") * page};
}

}  // namespace bench
