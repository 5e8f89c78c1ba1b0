#include "conf/yaml/ejection.h"

#include <algorithm>

#include "conf/yaml/fields.h"
#include "conf/yaml/leaf.h"
#include "conf/yaml/rate.h"

namespace conf::yaml {
namespace {

template <auto kMember, auto kLeaf>
void read_setting(const Cursor& at, Backend& backend) {
  kSet<kMember, kLeaf>(at, backend.ejection);
  const auto ejects = [](const Server& server) {
    return server.observe && server.observe->on_error == Observe::Action::kEject;
  };
  if (std::ranges::none_of(backend.servers, ejects))
    at.note("has no effect, as no server has observe: layer4 with on_error: eject");
}

constexpr auto kDuration = duration_within<1, kLongestMs>;

}  // namespace

void read_max_ejected(const Cursor& at, Backend& backend) {
  read_setting<&Ejection::most, share_at>(at, backend);
}

void read_ejection_time(const Cursor& at, Backend& backend) {
  read_setting<&Ejection::time, kDuration>(at, backend);
}

void read_longest_ejection(const Cursor& at, Backend& backend) {
  read_setting<&Ejection::longest, kDuration>(at, backend);
}

}  // namespace conf::yaml
