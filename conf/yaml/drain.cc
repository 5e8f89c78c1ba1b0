#include "conf/yaml/drain.h"

#include "conf/yaml/leaf.h"
#include "conf/yaml/rate.h"

namespace conf::yaml {
namespace {

constexpr std::int64_t kLongestQuiet = 60'000;  // ms

constexpr Field<Drain> kDrain[] = {
    {"deadline", kUnset, kSet<&Drain::deadline, duration_within<100, kLongestMs>>},
    {"quiet_time", "250ms", kSet<&Drain::quiet_time, duration_within<10, kLongestQuiet>>},
    {"pace", "none", kSet<&Drain::pace, rate_at>},
    {"idle_timeout", kUnset, kSet<&Drain::idle_timeout, duration_within<10, kLongestMs>>},
};

}  // namespace

void read_drain(const Cursor& at, Drain& drain) { read_fields(at, kDrain, drain); }

void list_drain_keys(const std::string& prefix, std::vector<KnownKey>& keys) {
  list_fields<kDrain>(prefix, keys);
}

}  // namespace conf::yaml
