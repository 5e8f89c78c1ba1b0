#include "conf/yaml/rebalance.h"

#include "conf/yaml/leaf.h"
#include "conf/yaml/rate.h"

namespace conf::yaml {
namespace {

constexpr std::int64_t kShortest = 1'000;  // ms
constexpr std::int64_t kLongest = Milliseconds{std::chrono::hours{24}}.count();

constexpr Field<Rebalance> kRebalance[] = {
    {"to", "10%", kSet<&Rebalance::to, share_at>},
    {"pace", "50/s", kSet<&Rebalance::pace, pace_at>},
    {"after", "30s", kSet<&Rebalance::after, duration_within<kShortest, kLongest>>},
};

}  // namespace

void read_rebalance(const Cursor& at, Backend& backend) {
  read_fields(at, kRebalance, backend.rebalance.emplace());
}

void list_rebalance_keys(const std::string& prefix, std::vector<KnownKey>& keys) {
  list_fields<kRebalance>(prefix, keys);
}

}  // namespace conf::yaml
