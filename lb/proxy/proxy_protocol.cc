#include "lb/proxy/proxy_protocol.h"

#include <algorithm>

#include "lb/proxy/proxy_protocol_v1.h"
#include "lb/proxy/proxy_protocol_v2.h"

namespace lb::proxy {
namespace {

// Whether `bytes` begin with `expected`, as far as there are any.
bool agrees(std::span<const std::byte> bytes, std::span<const std::byte> expected) {
  const std::size_t known = std::min(bytes.size(), expected.size());
  return std::ranges::equal(bytes.first(known), expected.first(known));
}

}  // namespace

std::expected<ProxyHeader, HeaderFault> read_proxy_header(std::span<const std::byte> bytes) {
  if (bytes.empty()) return std::unexpected(HeaderFault::kIncomplete);
  if (agrees(bytes, std::as_bytes(std::span(v1::kBegin)))) return v1::read(bytes);
  if (agrees(bytes, std::as_bytes(std::span(v2::kSignature)))) return v2::read(bytes);
  return std::unexpected(HeaderFault::kNoHeader);
}

std::size_t write_proxy_header(const conf::SendProxy& asked, const Introduction& says,
                               std::span<std::byte> room) {
  return asked.version == conf::SendProxy::Version::kV1 ? v1::write(says, room)
                                                        : v2::write(asked, says, room);
}

}  // namespace lb::proxy
