#include "conf/yaml/hash_settings.h"

#include <fmt/format.h>

#include <cstdint>
#include <string_view>

#include "conf/algorithm.h"
#include "conf/value.h"
#include "conf/yaml/choice.h"
#include "conf/yaml/leaf.h"

namespace conf::yaml {
namespace {

constexpr Algorithms kHashes = algorithms(Algorithm::kSource, Algorithm::kHash);
constexpr Algorithms kKeyed = algorithms(Algorithm::kHash, Algorithm::kMaglev);

constexpr std::uint32_t kLeastFactor = 101;
constexpr std::uint32_t kMostFactor = 100'000;

constexpr Choices<HashType, 2> kTypes = {
    {{"map-based", HashType::kMapBased}, {"consistent", HashType::kConsistent}}};

constexpr Choices<HashFunction, 4> kFunctions = {{{"sdbm", HashFunction::kSdbm},
                                                  {"djb2", HashFunction::kDjb2},
                                                  {"wt6", HashFunction::kWt6},
                                                  {"crc32", HashFunction::kCrc32}}};

constexpr Choices<bool HashKey::*, 4> kParts = {{{"source", &HashKey::source},
                                                 {"source_port", &HashKey::source_port},
                                                 {"destination", &HashKey::destination},
                                                 {"destination_port", &HashKey::destination_port}}};

}  // namespace

void read_hash_type(const Cursor& at, BalanceDraft& draft) {
  if (!concerns(at, draft, kHashes)) return;
  const auto type = choice_at<kTypes>(at);
  if (!type) return;
  draft.balance.hash_type = *type;
  draft.balance.avalanche = *type == HashType::kConsistent;
}

void read_hash_function(const Cursor& at, BalanceDraft& draft) {
  if (draft.known && placing(draft.balance) == Algorithm::kSource) {
    at.mistake("is not used by source, to which the address itself is the hash: leave it out");
    return;
  }
  if (!concerns(at, draft, algorithms(Algorithm::kHash))) return;
  const auto function = choice_at<kFunctions>(at);
  if (!function) return;
  draft.balance.function = *function;
  draft.balance.avalanche = false;
}

void read_avalanche(const Cursor& at, BalanceDraft& draft) {
  if (!concerns(at, draft, kHashes)) return;
  if (const auto on = switch_at(at)) draft.balance.avalanche = *on;
}

void read_balance_factor(const Cursor& at, BalanceDraft& draft) {
  if (!concerns(at, draft, kHashes)) return;
  const std::string expected =
      fmt::format("0 or a percentage from {} to {}", kLeastFactor, kMostFactor);
  const auto text = at.text(expected);
  if (!text) return;
  const auto factor = parse_number(*text, 0, kMostFactor);
  if (!factor || (*factor != 0 && *factor < kLeastFactor)) {
    at.mistake(fmt::format("must be {}, is {}", expected, quoted(*text)));
  } else if (*factor != 0 && draft.balance.hash_type != HashType::kConsistent) {
    at.mistake("is of consistent hashes: leave it out, or write hash_type: consistent");
  } else {
    draft.balance.balance_factor = *factor;
  }
}

void read_hash_key(const Cursor& at, BalanceDraft& draft) {
  if (!concerns(at, draft, kKeyed)) return;
  HashKey key{.source = false};
  const auto items = at.items();
  if (items.empty()) at.mistake(fmt::format("names nothing to hash: write {}", words_of(kParts)));
  for (const Cursor& item : items) {
    const auto part = choice_at<kParts>(item);
    if (!part) continue;
    if (key.*(*part)) item.mistake("is given twice: keep one");
    key.*(*part) = true;
    if (*part == &HashKey::source || draft.balance.by != Algorithm::kStickySource) continue;
    at.mistake(
        "must be source under sticky-source, which knows its clients by that: write source or "
        "leave it out");
    return;
  }
  draft.balance.key = key;
}

}  // namespace conf::yaml
