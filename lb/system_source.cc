#include "lb/system_source.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pwd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <system_error>

namespace lb {
namespace {

struct CloseFile {
  int fd;
  ~CloseFile() { ::close(fd); }
};

std::string reason(int error) { return std::generic_category().message(error); }

// getpwnam_r and getgrnam_r want a buffer of a size that only trying finds.
template <typename Entry, typename Lookup>
bool exists(const std::string& name, Lookup lookup) {
  Entry entry{};
  Entry* found = nullptr;
  std::vector<char> buffer(4096);
  while (lookup(name.c_str(), &entry, buffer.data(), buffer.size(), &found) == ERANGE) {
    buffer.resize(buffer.size() * 2);
  }
  return found != nullptr;
}

std::optional<conf::Address> address_of(const addrinfo& answer) {
  conf::Address address;
  if (answer.ai_family == AF_INET) {
    sockaddr_in ipv4{};
    std::memcpy(&ipv4, answer.ai_addr, sizeof(ipv4));
    std::memcpy(address.ip.data(), &ipv4.sin_addr, sizeof(ipv4.sin_addr));
    return address;
  }
  if (answer.ai_family != AF_INET6) return std::nullopt;
  sockaddr_in6 ipv6{};
  std::memcpy(&ipv6, answer.ai_addr, sizeof(ipv6));
  address.family = conf::Family::kIpv6;
  std::memcpy(address.ip.data(), &ipv6.sin6_addr, sizeof(ipv6.sin6_addr));
  return address;
}

}  // namespace

std::expected<std::string, std::string> SystemSource::read(const std::string& path,
                                                           std::size_t limit) {
  const CloseFile file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (file.fd < 0) return std::unexpected(reason(errno));

  std::string text;
  std::array<char, 65536> block{};
  for (;;) {
    const ssize_t got = ::read(file.fd, block.data(), block.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::unexpected(reason(errno));
    if (got == 0) return text;
    text.append(block.data(), static_cast<std::size_t>(got));
    if (text.size() > limit) {
      return std::unexpected(fmt::format("it is larger than {} MiB", limit >> 20));
    }
  }
}

std::optional<std::vector<std::string>> SystemSource::list(const std::string& path) {
  std::error_code error;
  std::filesystem::directory_iterator entry(path, error);
  std::vector<std::string> names;
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    // Anything else that answers to such a name, a FIFO say, would have the reader wait for ever.
    if (std::error_code unknown; entry->is_regular_file(unknown))
      names.push_back(entry->path().filename());
  }
  if (error) return std::nullopt;
  return names;
}

std::optional<std::string> SystemSource::env(const std::string& name) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing in the process changes the environment.
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

bool SystemSource::user_exists(const std::string& name) {
  return exists<passwd>(name, ::getpwnam_r);
}

bool SystemSource::group_exists(const std::string& name) {
  return exists<group>(name, ::getgrnam_r);
}

std::expected<std::vector<conf::Address>, std::string> SystemSource::resolve(
    const std::string& host) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* answers = nullptr;
  const int failed = ::getaddrinfo(host.c_str(), nullptr, &hints, &answers);
  if (failed != 0) {
    return std::unexpected(failed == EAI_SYSTEM ? reason(errno) : ::gai_strerror(failed));
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(answers, ::freeaddrinfo);

  std::vector<conf::Address> addresses;
  for (const addrinfo* answer = answers; answer != nullptr; answer = answer->ai_next) {
    const auto address = address_of(*answer);
    if (!address || std::ranges::find(addresses, *address) != addresses.end()) continue;
    addresses.push_back(*address);
  }
  if (addresses.empty()) return std::unexpected("no IPv4 or IPv6 address");
  return addresses;
}

}  // namespace lb
