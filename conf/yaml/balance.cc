#include "conf/yaml/balance.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "conf/value.h"

namespace conf::yaml {
namespace {

// What HAProxy's and nginx's users may bring along.
constexpr std::array<std::string_view, 10> kElsewhere = {
    "static-rr", "leastconn", "first",     "source",        "hash",
    "random",    "maglev",    "peak-ewma", "sticky-source", "least_conn"};

void read_by(const Cursor& at, Backend& backend) {
  const auto name = at.text("the name of an algorithm: roundrobin");
  if (!name) return;
  if (*name == "roundrobin") {
    backend.balance = Algorithm::kRoundRobin;
  } else if (std::ranges::find(kElsewhere, *name) != kElsewhere.end()) {
    at.mistake(fmt::format("{} is not available in this version: write roundrobin", quoted(*name)));
  } else {
    at.mistake(fmt::format("there is no algorithm {}: write roundrobin", quoted(*name)));
  }
}

constexpr Field<Backend> kBalance[] = {
    {"by", kRequired, read_by, nullptr, "by: roundrobin"},
};

}  // namespace

void read_balance(const Cursor& at, Backend& backend) {
  if (at.is_mapping()) {
    read_fields(at, kBalance, backend);
  } else {
    read_by(at, backend);
  }
}

void list_balance_keys(const std::string& prefix, std::vector<KnownKey>& keys) {
  list_fields<kBalance>(prefix, keys);
}

}  // namespace conf::yaml
