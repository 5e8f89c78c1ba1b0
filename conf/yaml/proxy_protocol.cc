#include "conf/yaml/proxy_protocol.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "conf/value.h"
#include "conf/yaml/networks.h"

namespace conf::yaml {
namespace {

using Version = SendProxy::Version;

constexpr std::array<std::pair<std::string_view, bool SendProxy::*>, 3> kOptions = {{
    {"crc32c", &SendProxy::crc32c},
    {"unique-id", &SendProxy::unique_id},
    {"authority", &SendProxy::authority},
}};

void read_version(const Cursor& at, SendProxy& send) {
  const auto text = at.text("v1 or v2");
  if (!text) return;
  if (*text == "v1") {
    send.version = Version::kV1;
  } else if (*text != "v2") {
    at.mistake(fmt::format("must be v1 or v2, is {}", quoted(*text)));
  }
}

void read_option(const Cursor& at, SendProxy& send) {
  constexpr std::string_view kExpected = "crc32c, unique-id or authority";
  const auto text = at.text(kExpected);
  if (!text) return;
  const auto* const known =
      std::ranges::find(kOptions, *text, &decltype(kOptions)::value_type::first);
  if (known == kOptions.end()) {
    at.mistake(fmt::format("must be {}, is {}", kExpected, quoted(*text)));
  } else if (send.version == Version::kV1) {
    at.mistake(fmt::format("{} is of version 2: write version: v2", quoted(*text)));
  } else {
    send.*known->second = true;
  }
}

void read_options(const Cursor& at, SendProxy& send) {
  for (const auto& item : at.items()) read_option(item, send);
}

constexpr Field<SendProxy> kSendProxy[] = {
    {"version", kRequired, read_version, nullptr, "version: v2"},
    {"options", kUnset, read_options},
};

}  // namespace

void read_accept_proxy(const Cursor& at, Bind& bind) {
  if (!at.is_list()) {
    const auto text = at.text("true, false, or the networks of the proxies in front");
    if (!text) return;
    if (const auto on = parse_switch(*text)) {
      if (*on) bind.accept_proxy.emplace();
      return;
    }
  }
  const auto before = at.mistakes();
  bind.accept_proxy = AcceptProxy{.from = networks_at(at)};
  if (bind.accept_proxy->from.empty() && at.mistakes() == before)
    at.mistake("holds no network: add one, or write true to expect the header of everybody");
}

void read_send_proxy(const Cursor& at, Server& server) {
  server.send_proxy.reset();
  SendProxy send{.version = Version::kV2};
  if (at.is_mapping()) {
    read_fields(at, kSendProxy, send);
  } else {
    const auto text = at.text("none, v1, v2, or a mapping with version and options");
    if (!text || *text == "none") return;
    read_version(at, send);
  }
  server.send_proxy = send;
}

void list_send_proxy_keys(const std::string& prefix, std::vector<KnownKey>& keys) {
  list_fields<kSendProxy>(prefix, keys);
}

}  // namespace conf::yaml
