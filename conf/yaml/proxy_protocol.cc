#include "conf/yaml/proxy_protocol.h"

#include <fmt/format.h>

#include "conf/value.h"
#include "conf/yaml/choice.h"
#include "conf/yaml/networks.h"

namespace conf::yaml {
namespace {

using Version = SendProxy::Version;

constexpr Choices<Version, 2> kVersions = {{{"v1", Version::kV1}, {"v2", Version::kV2}}};

constexpr Choices<bool SendProxy::*, 3> kOptions = {{
    {"crc32c", &SendProxy::crc32c},
    {"unique-id", &SendProxy::unique_id},
    {"authority", &SendProxy::authority},
}};

constexpr auto kReadVersion = kSet<&SendProxy::version, choice_at<kVersions>>;

void read_options(const Cursor& at, SendProxy& send) {
  const auto options = at.items();
  for (const Cursor& item : options)
    if (const auto option = choice_at<kOptions>(item)) send.*(*option) = true;
  if (send.version == Version::kV1 && !options.empty())
    at.mistake("are of version 2: write version: v2");
}

constexpr Field<SendProxy> kSendProxy[] = {
    {"version", kRequired, kReadVersion, nullptr, "version: v2"},
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
    const auto text = at.text(
        fmt::format("none, {}, or a mapping with version and options", words_of(kVersions)));
    if (!text || *text == "none") return;
    kReadVersion(at, send);
  }
  server.send_proxy = send;
}

void list_send_proxy_keys(const std::string& prefix, std::vector<KnownKey>& keys) {
  list_fields<kSendProxy>(prefix, keys);
}

}  // namespace conf::yaml
