#include "conf/yaml/balance.h"

#include <cstdint>

#include "conf/yaml/algorithm.h"
#include "conf/yaml/balance_draft.h"
#include "conf/yaml/hash_settings.h"
#include "conf/yaml/leaf.h"
#include "conf/yaml/table_size.h"

namespace conf::yaml {
namespace {

constexpr std::uint32_t kMostDraws = 64;
constexpr std::uint32_t kMostEntries = 10'000'000;

void read_by(const Cursor& at, BalanceDraft& draft) {
  const auto by = algorithm_at(at);
  if (!by) return;
  draft.balance.by = *by;
  draft.known = true;
}

void read_first_visit(const Cursor& at, BalanceDraft& draft) {
  if (!concerns(at, draft, algorithms(Algorithm::kStickySource))) return;
  const auto first_visit = algorithm_at(at);
  if (!first_visit) {
    draft.known = false;
  } else if (*first_visit == Algorithm::kStickySource) {
    at.mistake("must be another algorithm: sticky-source knows nobody on the first visit");
    draft.known = false;
  } else {
    draft.balance.first_visit = *first_visit;
  }
}

// A setting that only one algorithm has.
template <Algorithm kOf, auto kMember, auto kLeaf>
constexpr auto kSetOf = [](const Cursor& at, BalanceDraft& draft) {
  if (concerns(at, draft, algorithms(kOf))) kSet<kMember, kLeaf>(at, draft.balance);
};

using enum Algorithm;

// The algorithms are read before their settings.
constexpr Field<BalanceDraft> kBalance[] = {
    {"by", kRequired, read_by, nullptr, "by: roundrobin"},
    {"first_visit", "roundrobin", read_first_visit},
    {"hash_type", "map-based", read_hash_type},
    {"function", "sdbm", read_hash_function},
    {"avalanche", kUnset, read_avalanche},
    {"balance_factor", "0", read_balance_factor},
    {"key", "source", read_hash_key},
    {"draws", "2", kSetOf<kRandom, &Balance::draws, number_at<1, kMostDraws>>},
    {"table_size", "65537", kSetOf<kMaglev, &Balance::table_size, table_size_at>},
    {"decay", "10s", kSetOf<kPeakEwma, &Balance::decay, duration_within<100, 3'600'000>>},
    {"expire", "1h", kSetOf<kStickySource, &Balance::expire, duration_within<1'000, kLongestMs>>},
    {"entries", "100000", kSetOf<kStickySource, &Balance::entries, number_at<1, kMostEntries>>},
};

}  // namespace

void read_balance(const Cursor& at, Backend& backend) {
  BalanceDraft draft;
  if (at.is_mapping()) {
    read_fields(at, kBalance, draft);
  } else {
    read_by(at, draft);
  }
  backend.balance = draft.balance;
  check_table_size(at, backend.balance, backend.servers.size());
}

void list_balance_keys(const std::string& prefix, std::vector<KnownKey>& keys) {
  list_fields<kBalance>(prefix, keys);
}

}  // namespace conf::yaml
