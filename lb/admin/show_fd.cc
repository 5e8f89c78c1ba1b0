#include "lb/admin/show_fd.h"

#include <dirent.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <deque>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "lb/net/described.h"

namespace lb::admin {
namespace {

enum class Kind : std::uint8_t { kOther, kListener, kClient, kServer, kPipe };

// A worker knows these of its own; what they belong to is told once for all descriptors of it.
struct Owner {
  std::uint32_t worker = 0;
  std::uint64_t session = 0;  // 0: none
  std::string_view frontend = {};
  std::string_view bind = {};
  std::string_view backend = {};
  std::string server = {};  // a copy, as servers may go while somebody still reads
};
struct Known {
  Kind kind = Kind::kOther;
  std::uint32_t owner = 0;
};
struct Held {
  int fd;
  Kind kind;
  std::uint32_t owner;
};

// What one worker has.
struct Holdings {
  std::deque<Owner> owners;  // there may be many, and a worker does not stop to copy them
  std::deque<Held> held;

  void add(int fd, Kind kind) {
    if (fd >= 0) held.push_back({fd, kind, static_cast<std::uint32_t>(owners.size() - 1)});
  }
};

void look_at(Holdings& mine, const Worker& worker, const proxy::Session& session) {
  const proxy::SessionView view = session.view();
  const proxy::SessionHoldings holdings = session.holdings();
  mine.owners.push_back({.worker = worker.index(),
                         .session = view.id,
                         .frontend = view.frontend,
                         .backend = view.backend,
                         .server = std::string(view.server)});
  mine.add(holdings.client, Kind::kClient);
  mine.add(holdings.server, Kind::kServer);
  for (const int pipe : holdings.pipes) mine.add(pipe, Kind::kPipe);
}

void look_at(Holdings& mine, const Worker& worker) {
  for (const auto& listener : worker.listeners()) {
    const proxy::Frontend& frontend = listener->frontend();
    mine.owners.push_back({.worker = worker.index(),
                           .frontend = frontend.config.name,
                           .bind = frontend.bind_name(frontend.bind_id(listener->bind()))});
    mine.add(listener->fd(), Kind::kListener);
  }
  mine.owners.push_back({.worker = worker.index()});
  for (const net::Pipe& pipe : worker.pipes().all_free()) {
    mine.add(pipe.out.get(), Kind::kPipe);
    mine.add(pipe.in.get(), Kind::kPipe);
  }
}

// The lines, made when they are asked for: a descriptor that was opened meanwhile is told by what
// the kernel says of it, one that was closed is left out.
class Lines {
 public:
  Lines(std::vector<Holdings>& workers, std::vector<std::string> admin, std::optional<int> one)
      : admin_(std::move(admin)), one_(one), directory_(opendir("/proc/self/fd")) {
    for (Holdings& mine : workers) {
      const auto first = static_cast<std::uint32_t>(owners_.size());
      std::ranges::move(mine.owners, std::back_inserter(owners_));
      for (const Held& held : mine.held) {
        const auto at = static_cast<std::size_t>(held.fd);
        if (known_.size() <= at) known_.resize(at + 1);
        known_[at] = {held.kind, first + held.owner};
      }
    }
  }

  bool operator()(std::string& part) {
    while (directory_ && part.size() < kPart) {
      // NOLINTNEXTLINE(concurrency-mt-unsafe): of a stream that no other thread has, it is
      const dirent* entry = readdir(directory_.get());
      if (entry == nullptr) return false;
      int fd = -1;
      const char* name = static_cast<const char*>(entry->d_name);
      if (std::from_chars(name, name + std::strlen(name), fd).ec != std::errc{}) continue;
      if (fd == dirfd(directory_.get()) || (one_ && *one_ != fd)) continue;
      append(part, fd);
    }
    return directory_ != nullptr;
  }

 private:
  struct CloseDirectory {
    void operator()(DIR* directory) const { closedir(directory); }
  };

  void append(std::string& part, int fd) const {
    const auto at = static_cast<std::size_t>(fd);
    const Known known = at < known_.size() ? known_[at] : Known{};
    if (known.kind == Kind::kOther) return append_other(part, fd);
    constexpr std::array<std::string_view, 5> kNames = {"other", "listener", "client", "server",
                                                        "pipe"};
    const Owner& owner = owners_[known.owner];
    const auto out = std::back_inserter(part);
    fmt::format_to(out, "{:7} : {} worker={}", fd, kNames[static_cast<std::size_t>(known.kind)],
                   owner.worker);
    if (owner.session != 0) fmt::format_to(out, " sess={}", owner.session);
    if (!owner.frontend.empty()) fmt::format_to(out, " fe={}", owner.frontend);
    if (!owner.bind.empty()) fmt::format_to(out, " bind={}", owner.bind);
    if (!owner.server.empty()) fmt::format_to(out, " srv={}/{}", owner.backend, owner.server);
    part += '\n';
  }

  // Of regular files and datagram sockets only the log keeps some open.
  void append_other(std::string& part, int fd) const {
    const net::Described what = net::describe(fd);
    if (what.kind.empty()) return;
    std::string_view kind = "other";
    if (std::ranges::find(admin_, what.local) != admin_.end()) kind = "admin";
    if (what.kind == "udp" || what.kind == "unix-datagram") kind = "log";
    if (what.kind.starts_with('/') && !what.kind.starts_with("/dev/")) kind = "log";
    const auto out = std::back_inserter(part);
    fmt::format_to(out, "{:7} : {} {}", fd, kind, what.kind);
    if (!what.local.empty()) fmt::format_to(out, " local={}", what.local);
    if (!what.remote.empty()) fmt::format_to(out, " remote={}", what.remote);
    part += what.listens ? " listens\n" : "\n";
  }

  std::vector<std::string> admin_;
  std::optional<int> one_;
  std::unique_ptr<DIR, CloseDirectory> directory_;
  std::vector<Owner> owners_;
  std::vector<Known> known_;  // by descriptor
};

}  // namespace

void gather_descriptors(Engine& engine, std::vector<std::string> admin, std::optional<int> one,
                        std::function<void(Producer)> then) {
  auto all = std::make_shared<std::vector<Holdings>>(engine.crew().size());
  engine.crew().walk(
      [all](Worker& worker, proxy::Session& session) {
        look_at((*all)[worker.index()], worker, session);
      },
      [&crew = engine.crew(), all, admin = std::move(admin), one, then = std::move(then)] {
        crew.each([all](Worker& worker) { look_at((*all)[worker.index()], worker); },
                  [all, admin, one, then] { then(Lines(*all, admin, one)); });
      });
}

}  // namespace lb::admin
