#include "conf/yaml/admin.h"

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "conf/value.h"
#include "conf/yaml/choice.h"
#include "conf/yaml/leaf.h"

namespace conf::yaml {
namespace {

constexpr std::uint32_t kMostClients = 10'000;
constexpr std::string_view kUnix = "unix:";

constexpr Choices<AdminLevel, 3> kLevels = {
    {{name_of(AdminLevel::kUser), AdminLevel::kUser},
     {name_of(AdminLevel::kOperator), AdminLevel::kOperator},
     {name_of(AdminLevel::kAdmin), AdminLevel::kAdmin}}};

// What a socket is, and which of its keys are there.
struct Draft {
  AdminSocket socket;
  std::optional<Cursor> path;
  std::optional<Cursor> listen;
  std::optional<Cursor> file;  // one of mode, user and group
  std::optional<AdminLevel> level;
};

bool is_loopback(const Address& address) {
  if (address.family == Family::kIpv4) return address.ip[0] == 127;
  constexpr std::array<std::uint8_t, 16> kLoopback = {0, 0, 0, 0, 0, 0, 0, 0,
                                                      0, 0, 0, 0, 0, 0, 0, 1};
  return address.family == Family::kIpv6 && address.ip == kLoopback;
}

void read_path(const Cursor& at, Draft& draft) {
  constexpr std::string_view kExpected = "the absolute path of a UNIX socket";
  draft.path = at;
  const auto text = at.text(kExpected);
  if (!text) return;
  auto address =
      parse_address(text->starts_with(kUnix) ? *text : fmt::format("{}{}", kUnix, *text));
  if (address) {
    draft.socket.address = *std::move(address);
  } else {
    at.mistake(fmt::format("must be {}, is {}", kExpected, quoted(*text)));
  }
}

void read_listen(const Cursor& at, Draft& draft) {
  constexpr std::string_view kExpected =
      R"(a loopback address and a port such as "127.0.0.1:9999")";
  draft.listen = at;
  const auto text = at.text(kExpected);
  if (!text) return;
  auto address = parse_address(*text);
  if (address && is_loopback(*address)) {
    draft.socket.address = *std::move(address);
  } else if (address && address->family != Family::kUnix) {
    at.mistake(fmt::format(
        "{} can be reached from other machines, and TCP does not say who a client is: must be {}",
        quoted(*text), kExpected));
  } else {
    at.mistake(fmt::format("must be {}, is {}", kExpected, quoted(*text)));
  }
}

template <auto kMember, auto kLeaf>
constexpr auto kSetSocket =
    [](const Cursor& at, Draft& draft) { kSet<kMember, kLeaf>(at, draft.socket); };

template <auto kMember, auto kLeaf>
constexpr auto kSetFile = [](const Cursor& at, Draft& draft) {
  kSet<kMember, kLeaf>(at, draft.socket);
  draft.file = at;
};

constexpr Field<Draft> kAdmin[] = {
    {"socket", kUnset, read_path},
    {"listen", kUnset, read_listen},
    {"mode", "0600", kSetFile<&AdminSocket::mode, mode_at>},
    {"user", kUnset, kSetFile<&AdminSocket::user, user_at>},
    {"group", kUnset, kSetFile<&AdminSocket::group, group_at>},
    {"level", kUnset, kSet<&Draft::level, choice_at<kLevels>>},
    {"timeout", "10s", kSetSocket<&AdminSocket::timeout, timeout_at>},
    {"maxconn", "100", kSetSocket<&AdminSocket::maxconn, number_at<1, kMostClients>>},
};

// Who may connect to a socket of the owner alone may do everything to its process anyway.
AdminLevel usual_level(const AdminSocket& socket) {
  if (socket.address.family != Family::kUnix) return AdminLevel::kUser;
  return (socket.mode & 0077) == 0 ? AdminLevel::kAdmin : AdminLevel::kOperator;
}

AdminSocket read_socket(const Cursor& at) {
  Draft draft;
  if (at.is_mapping()) {
    read_fields(at, kAdmin, draft);
    if (draft.path.has_value() == draft.listen.has_value())
      at.mistake(draft.path ? "has both socket and listen: make it two of a list"
                            : "has neither socket nor listen: write socket: /run/tidegate.sock");
    if (draft.listen && draft.file)
      draft.file->mistake("is for a UNIX socket only: leave it out beside listen");
  } else {
    read_path(at, draft);
  }
  draft.socket.level = draft.level.value_or(usual_level(draft.socket));
  draft.socket.place = at.place();
  return std::move(draft.socket);
}

}  // namespace

void read_admin(const Cursor& at, Global& global) {
  for (const auto& item : at.items()) global.admin.push_back(read_socket(item));
}

void list_admin_keys(const std::string& prefix, std::vector<KnownKey>& keys) {
  list_fields<kAdmin>(prefix, keys);
}

}  // namespace conf::yaml
