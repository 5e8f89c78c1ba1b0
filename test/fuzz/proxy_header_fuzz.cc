#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "lb/proxy/proxy_protocol.h"

namespace {

using lb::proxy::HeaderFault;
using lb::proxy::read_proxy_header;

void require(bool condition) {
  if (!condition) std::abort();
}

// What was told can be told on, and says the same.
void check_round_trip(const lb::proxy::Introduction& says) {
  using Version = conf::SendProxy::Version;
  for (const Version version : {Version::kV1, Version::kV2}) {
    const bool v2 = version == Version::kV2;
    std::array<std::byte, lb::proxy::kLongestWrittenHeader> room{};
    const conf::SendProxy asked{
        .version = version, .crc32c = true, .unique_id = true, .authority = true};
    const std::size_t size = write_proxy_header(asked, says, room);
    require(size <= room.size());
    const auto again = read_proxy_header(std::span(room).first(size));
    require(again.has_value() && again->size == size);
    require(again->says.has_addresses() == says.has_addresses());
    if (!says.has_addresses()) continue;
    require(again->says.source == says.source && again->says.destination == says.destination);
    if (v2) require(again->says.authority == says.authority);
    if (v2) require(again->says.unique_id == says.unique_id);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  const auto header = read_proxy_header(bytes);
  if (!header) {
    require(header.error() != HeaderFault::kIncomplete || size < lb::proxy::kLongestProxyHeader);
    return 0;
  }
  require(header->size > 0 && header->size <= std::min(size, lb::proxy::kLongestProxyHeader));
  // The header ends where it says: a byte less is not enough, and what follows does not matter.
  const auto less = read_proxy_header(bytes.first(header->size - 1));
  require(!less && less.error() == HeaderFault::kIncomplete);
  const auto alone = read_proxy_header(bytes.first(header->size));
  require(alone.has_value() && alone->size == header->size);
  check_round_trip(header->says);
  return 0;
}
