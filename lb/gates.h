#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "lb/crew.h"
#include "lb/fleet.h"

namespace lb {

// How an operator opens and closes what lets clients in: frontends, limits and rates. On the
// control thread. `then` is called there once every worker knows.
class Gates {
 public:
  using Then = std::function<void()>;

  // All outlive it.
  Gates(Shared& shared, Fleet& fleet, Crew& crew)
      : shared_(shared), fleet_(fleet), crew_(crew), most_(shared.sessions.max()) {}

  // The frontend has a UNIX socket there, to be removed with it.
  void add_unix_path(const proxy::Frontend& frontend, std::string path);
  void remove_unix_paths();

  // Who connects to the frontend waits in the kernel's queue, or is let in again. Not for one that
  // is shut.
  void pause(proxy::Frontend& frontend, Then then);
  void open(proxy::Frontend& frontend, Then then);

  // The frontend listens no more, for good: who has connected by now is let in, its sessions go on.
  void shut(proxy::Frontend& frontend, Then then);

  // A new limit of sessions lets in at once who waited for the old one, and ends nobody's session;
  // one of 0 lets nobody in.
  void set_maxconn(proxy::Frontend& frontend, std::uint32_t max);
  // Of the process: at most what it was at the start, most_maxconn().
  void set_maxconn(std::uint32_t max);
  [[nodiscard]] std::uint32_t most_maxconn() const { return most_; }

  // Of the process, a second; 0: no limit.
  void set_connection_rate(std::uint32_t rate);
  void set_session_rate(std::uint32_t rate);

  // Binds that are listened on, paused or not.
  [[nodiscard]] std::size_t listeners() const;

 private:
  struct UnixPath {
    const proxy::Frontend* frontend;
    std::string path;
  };

  void resume(std::uint64_t workers);
  void set_rate(balancer::RateLimit& which, std::uint32_t rate);

  Shared& shared_;
  Fleet& fleet_;
  Crew& crew_;
  const std::uint32_t most_;
  std::vector<UnixPath> unix_paths_;
};

}  // namespace lb
