#include "lb/proxy/proxy_protocol_v1.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace lb::proxy::v1 {
namespace {

using conf::Family;

// Takes the next word off `line`: what stands before the next space, or the rest.
std::string_view next_word(std::string_view& line) {
  const std::string_view word = line.substr(0, line.find(' '));
  line.remove_prefix(std::min(word.size() + 1, line.size()));
  return word;
}

std::optional<net::Peer> read_ip(std::string_view text, Family family) {
  std::array<char, INET6_ADDRSTRLEN> terminated{};
  if (text.size() >= terminated.size() || text.contains('\0')) return std::nullopt;
  std::ranges::copy(text, terminated.begin());
  net::Peer peer{.family = family, .ip = {}};
  const int system = family == Family::kIpv4 ? AF_INET : AF_INET6;
  if (inet_pton(system, terminated.data(), peer.ip.data()) != 1) return std::nullopt;
  return family == Family::kIpv6 ? net::Peer::of_ipv6(peer.ip, 0) : peer;
}

// "in decimal in the range [0..65535]", without leading zeros.
std::optional<std::uint16_t> read_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  if (!whole || (text.size() > 1 && text.front() == '0')) return std::nullopt;
  return port;
}

std::optional<Introduction> read_addresses(std::string_view line, Family family) {
  const auto source = read_ip(next_word(line), family);
  const auto destination = read_ip(next_word(line), family);
  const auto source_port = read_port(next_word(line));
  const auto destination_port = read_port(line);
  if (!source || !destination || !source_port || !destination_port) return std::nullopt;
  Introduction says{.source = *source, .destination = *destination};
  says.source.port = *source_port;
  says.destination.port = *destination_port;
  return says;
}

// Both write at `end` and answer the new one.
char* put(std::string_view text, char* end) { return std::ranges::copy(text, end).out; }

// An IPv4 address beside an IPv6 one goes as ::ffff:192.0.2.1.
char* put_ip(const net::Peer& peer, bool v4, char* end) {
  if (!v4 && peer.family == Family::kIpv4) end = put("::ffff:", end);
  std::array<char, INET6_ADDRSTRLEN> text{};
  const int system = peer.family == Family::kIpv4 ? AF_INET : AF_INET6;
  return put(inet_ntop(system, peer.ip.data(), text.data(), INET6_ADDRSTRLEN), end);
}

}  // namespace

std::expected<ProxyHeader, HeaderFault> read(std::span<const std::byte> bytes) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()),
                              std::min(bytes.size(), kLongest));
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos)
    return std::unexpected(text.size() < kLongest ? HeaderFault::kIncomplete
                                                  : HeaderFault::kInvalid);
  std::string_view line = text.substr(kBegin.size(), end - kBegin.size());
  if (!line.ends_with('\r')) return std::unexpected(HeaderFault::kInvalid);
  line.remove_suffix(1);

  ProxyHeader header{.size = end + 1};
  const std::string_view protocol = next_word(line);
  if (protocol == "UNKNOWN") return header;  // whatever follows
  if (protocol != "TCP4" && protocol != "TCP6") return std::unexpected(HeaderFault::kUnhandled);
  const auto says = read_addresses(line, protocol == "TCP4" ? Family::kIpv4 : Family::kIpv6);
  if (!says) return std::unexpected(HeaderFault::kInvalid);
  header.says = *says;
  return header;
}

std::size_t write(const Introduction& says, std::span<std::byte> room) {
  char* const begin = reinterpret_cast<char*>(room.data());
  if (!says.has_addresses())
    return static_cast<std::size_t>(put("PROXY UNKNOWN\r\n", begin) - begin);
  const bool v4 = says.source.family == Family::kIpv4 && says.destination.family == Family::kIpv4;
  char* end = put(v4 ? "PROXY TCP4 " : "PROXY TCP6 ", begin);
  end = put_ip(says.source, v4, end);
  *end++ = ' ';
  end = put_ip(says.destination, v4, end);
  end = fmt::format_to(end, " {} {}\r\n", says.source.port, says.destination.port);
  return static_cast<std::size_t>(end - begin);
}

}  // namespace lb::proxy::v1
