#include "lb/privileges.h"

#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <cerrno>

#include "lb/net/status.h"

namespace lb {

std::optional<std::string> drop_root(const std::string& user, const std::string& group) {
  if ((user.empty() && group.empty()) || geteuid() != 0) return std::nullopt;
  uid_t uid = 0;
  gid_t gid = getgid();
  if (!user.empty()) {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): only the start asks, on the control thread
    const passwd* entry = getpwnam(user.c_str());
    if (entry == nullptr) return fmt::format("global.user: there is no user \"{}\"", user);
    uid = entry->pw_uid;
    gid = entry->pw_gid;
  }
  if (!group.empty()) {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): as above
    const struct group* entry = getgrnam(group.c_str());
    if (entry == nullptr) return fmt::format("global.group: there is no group \"{}\"", group);
    gid = entry->gr_gid;
  }
  if (setgroups(0, nullptr) != 0 || setgid(gid) != 0 || (uid != 0 && setuid(uid) != 0)) {
    return fmt::format("cannot become user \"{}\": {}", user, net::Status(errno).message());
  }
  return std::nullopt;
}

}  // namespace lb
