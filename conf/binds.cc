#include "conf/binds.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <tuple>

#include "conf/value.h"

namespace conf {
namespace {

struct Holder {
  const Frontend* frontend = nullptr;
  Bind* bind = nullptr;
};

void collide(const Holder& later, const Holder& earlier, std::vector<Mistake>& mistakes) {
  mistakes.push_back(
      {later.bind->place.file, later.bind->place.line,
       fmt::format("frontends.{}.bind", printable(later.frontend->name)),
       fmt::format("{} collides with {} of frontend {} at {}:{}: give each bind its own address",
                   to_string(later.bind->address), to_string(earlier.bind->address),
                   quoted(earlier.frontend->name), earlier.bind->place.file,
                   earlier.bind->place.line)});
}

// The binds of one port, all different.
class Port {
 public:
  void add(const Holder& holder) {
    if (!is_wildcard(holder.bind->address)) {
      specific_.push_back(holder);
    } else {
      (holder.bind->address.family == Family::kIpv4 ? any4_ : any6_) = holder;
    }
  }

  void settle(std::vector<Mistake>& mistakes) const {
    if (any4_.bind != nullptr && any6_.bind != nullptr) any6_.bind->v6only = true;
    const bool dual = any6_.bind != nullptr && !any6_.bind->v6only;
    for (const auto& holder : specific_) {
      const bool ipv4 = holder.bind->address.family == Family::kIpv4;
      const Holder& wildcard = ipv4 && !dual ? any4_ : any6_;
      if (wildcard.bind != nullptr) collide(holder, wildcard, mistakes);
    }
  }

 private:
  Holder any4_;
  Holder any6_;
  std::vector<Holder> specific_;
};

bool is_any_port(const Address& address) {
  return address.family != Family::kUnix && address.port == 0;
}

}  // namespace

bool is_wildcard(const Address& address) {
  return address.family != Family::kUnix &&
         std::ranges::all_of(address.ip, [](std::uint8_t byte) { return byte == 0; });
}

void settle_binds(Config& config, std::vector<Mistake>& mistakes) {
  using Key = std::tuple<Family, std::array<std::uint8_t, 16>, std::uint16_t, std::string>;
  std::map<Key, Holder> firsts;
  std::map<std::uint16_t, Port> ports;
  for (auto& frontend : config.frontends) {
    for (auto& bind : frontend.binds) {
      if (is_any_port(bind.address)) continue;  // the kernel will choose a free one
      const Holder holder{&frontend, &bind};
      const auto& address = bind.address;
      const Key key{address.family, address.ip, address.port, address.path};
      const auto [first, is_new] = firsts.try_emplace(key, holder);
      if (!is_new) {
        collide(holder, first->second, mistakes);
      } else if (address.family != Family::kUnix) {
        ports[address.port].add(holder);
      }
    }
  }
  for (const auto& [number, port] : ports) port.settle(mistakes);
}

}  // namespace conf
