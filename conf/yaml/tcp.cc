#include "conf/yaml/tcp.h"

#include "conf/yaml/leaf.h"

namespace conf::yaml {
namespace {

constexpr Field<Tcp> kTcp[] = {
    {"nodelay", "true", kSet<&Tcp::nodelay, switch_at>},
    {"keepalive", "true", kSet<&Tcp::keepalive, switch_at>},
    {"user_timeout", "2m", kSet<&Tcp::user_timeout, timeout_at>},
    {"splice", "true", kSet<&Tcp::splice, switch_at>},
};

}  // namespace

void read_tcp(const Cursor& at, Tcp& tcp) { read_fields(at, kTcp, tcp); }

void list_tcp_keys(const std::string& prefix, std::vector<KnownKey>& keys) {
  list_fields<kTcp>(prefix, keys);
}

void list_inherited_tcp_keys(const std::string& prefix, std::vector<KnownKey>& keys) {
  list_inherited_fields<kTcp>(prefix, keys);
}

}  // namespace conf::yaml
