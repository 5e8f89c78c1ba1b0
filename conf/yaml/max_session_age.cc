#include "conf/yaml/max_session_age.h"

#include "conf/yaml/leaf.h"
#include "conf/yaml/rate.h"

namespace conf::yaml {
namespace {

constexpr std::int64_t kShortestAge = 1'000;  // ms
constexpr auto kLimit = duration_within<kShortestAge, kLongestMs>;

constexpr Field<SessionAge> kSessionAge[] = {
    {"limit", kRequired, kSet<&SessionAge::limit, kLimit>, nullptr, "limit: 6h"},
    {"jitter", "10%", kSet<&SessionAge::jitter, share_or_none_at>},
};

}  // namespace

void read_max_session_age(const Cursor& at, Backend& backend) {
  SessionAge age;
  if (at.is_mapping()) {
    read_fields(at, kSessionAge, age);
  } else {
    kSet<&SessionAge::limit, kLimit>(at, age);
  }
  backend.max_session_age = age;
}

void list_max_session_age_keys(const std::string& prefix, std::vector<KnownKey>& keys) {
  list_fields<kSessionAge>(prefix, keys);
}

}  // namespace conf::yaml
