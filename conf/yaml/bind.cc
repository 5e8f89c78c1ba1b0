#include "conf/yaml/bind.h"

#include <optional>
#include <string_view>
#include <utility>

#include "conf/value.h"
#include "conf/yaml/leaf.h"
#include "conf/yaml/proxy_protocol.h"

namespace conf::yaml {
namespace {

constexpr std::uint32_t kLongestBacklog = 65535;

std::optional<Address> bind_address_at(const Cursor& at) {
  constexpr std::string_view kExpected =
      R"(an address and a port such as "0.0.0.0:80" or "[::]:80", or "unix:/path")";
  const auto text = at.text(kExpected);
  if (!text) return std::nullopt;
  auto address = parse_address(text->starts_with("*:") ? "0.0.0.0" + text->substr(1) : *text);
  if (!address) at.mistake(fmt::format("must be {}, is {}", kExpected, quoted(*text)));
  return address;
}

constexpr Field<Bind> kBind[] = {
    {"address", kRequired, kSet<&Bind::address, bind_address_at>, nullptr,
     R"(address: "0.0.0.0:80")"},
    {"backlog", "4096", kSet<&Bind::backlog, number_at<1, kLongestBacklog>>},
    {"mode", kUnset, kSet<&Bind::mode, mode_at>},
    {"v6only", "false", kSet<&Bind::v6only, switch_at>},
    {"accept_proxy", "false", read_accept_proxy},
};

// An address that could not be read stays 0.0.0.0:0, which collides with nothing.
Bind read_bind(const Cursor& at) {
  Bind bind;
  bind.place = at.place();
  if (!at.is_mapping()) {
    bind.address = bind_address_at(at).value_or(Address{});
    return bind;
  }
  read_fields(at, kBind, bind);
  if (bind.address == Address{}) return bind;
  if (bind.mode && bind.address.family != Family::kUnix) {
    at.note("mode has no effect here: only UNIX sockets have permissions");
  }
  if (bind.v6only && bind.address.family != Family::kIpv6) {
    at.mistake("is v6only, which only IPv6 addresses can be: leave it out");
  }
  const bool chosen = bind.accept_proxy && !bind.accept_proxy->from.empty();
  if (chosen && bind.address.family == Family::kUnix) {
    at.mistake("cannot tell UNIX clients by their network: write accept_proxy: true");
  }
  return bind;
}

}  // namespace

void read_binds(const Cursor& at, Frontend& frontend) {
  for (const auto& item : at.items()) frontend.binds.push_back(read_bind(item));
  if (frontend.binds.empty()) at.mistake(R"(lists no address: write one such as "0.0.0.0:80")");
}

void list_bind_keys(const std::string& prefix, std::vector<KnownKey>& keys) {
  list_fields<kBind>(prefix, keys);
}

}  // namespace conf::yaml
