#include "lb/proxy/proxy_protocol_v2.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "lb/proxy/crc32c.h"

namespace lb::proxy::v2 {
namespace {

using Bytes = std::span<const std::byte>;
using Room = std::span<std::byte>;
using conf::Family;

constexpr std::size_t kFixed = 16;  // signature, version and command, family, length

// Version in the upper half of its byte, command in the lower.
constexpr std::uint8_t kVersion = 0x20;
constexpr std::uint8_t kLocal = 0x0;  // the sender speaks for itself, as health checks do
constexpr std::uint8_t kProxy = 0x1;

// Address family in the upper half of its byte, transport in the lower.
constexpr std::uint8_t kUnspecified = 0x00;
constexpr std::uint8_t kTcp4 = 0x11;
constexpr std::uint8_t kTcp6 = 0x21;

constexpr std::uint8_t kTypeAuthority = 0x02;
constexpr std::uint8_t kTypeCrc32c = 0x03;
constexpr std::uint8_t kTypeUniqueId = 0x05;

std::uint8_t byte_at(Bytes bytes, std::size_t at) { return static_cast<std::uint8_t>(bytes[at]); }

std::uint16_t short_at(Bytes bytes, std::size_t at) {
  return static_cast<std::uint16_t>(byte_at(bytes, at) << 8U | byte_at(bytes, at + 1));
}

std::string_view text_of(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// ---- reading

// How many bytes the addresses of a family take; nullopt for a family or a transport that the
// specification does not have.
std::optional<std::size_t> address_size(std::uint8_t family) {
  if ((family & 0x0FU) > 0x2) return std::nullopt;
  switch (family >> 4U) {
    case 0:
      return 0;
    case 1:
      return 12;
    case 2:
      return 36;
    case 3:
      return 216;
    default:
      return std::nullopt;
  }
}

net::Peer peer_at(Bytes ip, std::uint16_t port) {
  std::array<std::uint8_t, 16> bytes{};
  std::ranges::transform(ip, bytes.begin(), [](std::byte b) { return std::uint8_t(b); });
  if (ip.size() == bytes.size()) return net::Peer::of_ipv6(bytes, port);
  return {.family = Family::kIpv4, .port = port, .ip = bytes};
}

void read_addresses(Bytes addresses, Introduction& says) {
  const std::size_t ip = (addresses.size() - 4) / 2;
  says.source = peer_at(addresses.first(ip), short_at(addresses, 2 * ip));
  says.destination = peer_at(addresses.subspan(ip, ip), short_at(addresses, 2 * ip + 2));
}

// The sum is over the whole header, its own four bytes taken as zero.
bool sum_is_right(Bytes header, Bytes sum) {
  const auto before = static_cast<std::size_t>(sum.data() - header.data());
  Crc32c crc;
  crc.add(header.first(before));
  crc.add(std::array<std::byte, 4>{});
  crc.add(header.subspan(before + sum.size()));
  const std::uint32_t told = std::uint32_t{short_at(sum, 0)} << 16U | short_at(sum, 2);
  return told == crc.value();
}

bool read_tlvs(Bytes header, std::size_t at, Introduction& says) {
  bool summed = false;  // once: a header full of sums would cost the square of its length
  while (at < header.size()) {
    if (header.size() - at < 3) return false;
    const std::uint8_t type = byte_at(header, at);
    const std::size_t size = short_at(header, at + 1);
    at += 3;
    if (header.size() - at < size) return false;
    const Bytes value = header.subspan(at, size);
    at += size;
    switch (type) {
      case kTypeAuthority:
        if (size > kLongestAuthority) return false;
        says.authority = text_of(value);
        break;
      case kTypeUniqueId:
        if (size > kLongestUniqueId) return false;
        says.unique_id = text_of(value);
        break;
      case kTypeCrc32c:
        if (size != 4 || std::exchange(summed, true) || !sum_is_right(header, value)) return false;
        break;
      default:
        break;  // the specification has receivers ignore types they do not know
    }
  }
  return true;
}

// ---- writing

class Writer {
 public:
  explicit Writer(Room room) : room_(room) {}

  void put(std::uint8_t byte) { room_[size_++] = std::byte{byte}; }
  void put_short(std::size_t number) {
    put(static_cast<std::uint8_t>(number >> 8U));
    put(static_cast<std::uint8_t>(number));
  }
  void put_all(Bytes bytes) {
    std::ranges::copy(bytes, room_.begin() + static_cast<std::ptrdiff_t>(size_));
    size_ += bytes.size();
  }
  void put_text(std::uint8_t type, std::string_view text, std::size_t most) {
    text = text.substr(0, most);
    put(type);
    put_short(text.size());
    put_all(std::as_bytes(std::span(text)));
  }

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] Room written() const { return room_.first(size_); }

 private:
  Room room_;
  std::size_t size_ = 0;
};

// An IPv4 address beside an IPv6 one goes as ::ffff:192.0.2.1.
void put_ip(const net::Peer& peer, bool v4, Writer& out) {
  if (!v4 && peer.family == Family::kIpv4) {
    for (int i = 0; i < 10; ++i) out.put(0);
    out.put_short(0xFFFF);
  }
  out.put_all(std::as_bytes(peer.bytes()));
}

void put_addresses(const Introduction& says, Writer& out) {
  const bool told = says.has_addresses();
  const bool v4 = says.source.family == Family::kIpv4 && says.destination.family == Family::kIpv4;
  out.put(kVersion | (told ? kProxy : kLocal));
  out.put(!told ? kUnspecified : v4 ? kTcp4 : kTcp6);
  out.put_short(0);  // the length, once it is known
  if (!told) return;
  put_ip(says.source, v4, out);
  put_ip(says.destination, v4, out);
  out.put_short(says.source.port);
  out.put_short(says.destination.port);
}

}  // namespace

std::expected<ProxyHeader, HeaderFault> read(Bytes bytes) {
  if (bytes.size() < kFixed) return std::unexpected(HeaderFault::kIncomplete);
  if ((byte_at(bytes, 12) & 0xF0U) != kVersion) return std::unexpected(HeaderFault::kNoHeader);
  const std::uint8_t command = byte_at(bytes, 12) & 0x0FU;
  const std::uint8_t family = byte_at(bytes, 13);
  const std::size_t size = kFixed + short_at(bytes, 14);
  const auto addresses = address_size(family);
  if (command > kProxy || !addresses || size > kLongestProxyHeader)
    return std::unexpected(HeaderFault::kInvalid);
  if (command == kProxy && size < kFixed + *addresses)
    return std::unexpected(HeaderFault::kInvalid);
  if (bytes.size() < size) return std::unexpected(HeaderFault::kIncomplete);

  ProxyHeader header{.size = size};
  if (command == kLocal || (family >> 4U) == 0) return header;
  const Bytes whole = bytes.first(size);
  if (family == kTcp4 || family == kTcp6)
    read_addresses(whole.subspan(kFixed, *addresses), header.says);
  if (!read_tlvs(whole, kFixed + *addresses, header.says))
    return std::unexpected(HeaderFault::kInvalid);
  return header;
}

std::size_t write(const conf::SendProxy& asked, const Introduction& says, Room room) {
  Writer out(room);
  out.put_all(std::as_bytes(std::span(kSignature)));
  put_addresses(says, out);

  const std::size_t sum = out.size() + 3;
  if (asked.crc32c) out.put_text(kTypeCrc32c, std::string_view("\0\0\0\0", 4), 4);
  if (asked.authority && !says.authority.empty())
    out.put_text(kTypeAuthority, says.authority, kLongestAuthority);
  if (asked.unique_id && !says.unique_id.empty())
    out.put_text(kTypeUniqueId, says.unique_id, kLongestUniqueId);

  Writer(room.subspan(14)).put_short(out.size() - kFixed);
  if (asked.crc32c) {
    Crc32c crc;
    crc.add(out.written());
    Writer(room.subspan(sum)).put_short(crc.value() >> 16U);
    Writer(room.subspan(sum + 2)).put_short(crc.value() & 0xFFFFU);
  }
  return out.size();
}

}  // namespace lb::proxy::v2
