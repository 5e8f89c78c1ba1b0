#include "lb/net/opener.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "lb/net/address.h"

namespace {

using lb::net::Opener;

conf::Bind tcp(std::uint16_t port) {
  conf::Bind bind;
  bind.address.ip = {127, 0, 0, 1};
  bind.address.port = port;
  return bind;
}

struct Folder {
  Folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "tidegate-XXXXXX").string();
    path = mkdtemp(pattern.data());
  }
  ~Folder() { std::filesystem::remove_all(path); }
  std::filesystem::path path;
};

conf::Bind unix_bind(const Folder& folder) {
  conf::Bind bind;
  bind.address.family = conf::Family::kUnix;
  bind.address.path = (folder.path / "web.sock").string();
  return bind;
}

}  // namespace

TEST_CASE("two workers listen on one port, and a probe then tells that it is taken", "[lb]") {
  Opener opener;
  const auto first = opener.listen(tcp(0), {});
  REQUIRE(first);
  const std::uint16_t port = lb::net::bound_address(first->get())->port;
  CHECK(port != 0);

  CHECK(opener.listen(tcp(port), {}));

  CHECK(opener.probe(tcp(port)).error() == EADDRINUSE);
}

TEST_CASE("a probe of a free port leaves it free", "[lb]") {
  Opener opener;
  std::uint16_t port = 0;
  {
    const auto taken = opener.listen(tcp(0), {});
    REQUIRE(taken);
    port = lb::net::bound_address(taken->get())->port;
  }
  CHECK(opener.probe(tcp(port)).ok());
  CHECK(opener.listen(tcp(port), {}));
}

TEST_CASE("a UNIX socket has the mode it was asked for", "[lb]") {
  const Folder folder;
  conf::Bind bind = unix_bind(folder);
  bind.mode = 0600;

  const auto listening = Opener().listen(bind, {});

  REQUIRE(listening);
  struct stat found{};
  REQUIRE(stat(bind.address.path.c_str(), &found) == 0);
  CHECK((found.st_mode & 0777) == 0600);
}

TEST_CASE("a UNIX path is in use while somebody listens, and is cleared when nobody does", "[lb]") {
  const Folder folder;
  const conf::Bind bind = unix_bind(folder);
  Opener opener;
  {
    const auto listening = opener.listen(bind, {});
    REQUIRE(listening);
    CHECK(opener.probe(bind).error() == EADDRINUSE);
  }
  CHECK(std::filesystem::exists(bind.address.path));

  CHECK(opener.probe(bind).ok());

  CHECK_FALSE(std::filesystem::exists(bind.address.path));
}

TEST_CASE("a file that is no socket is never removed for a bind", "[lb]") {
  const Folder folder;
  const conf::Bind bind = unix_bind(folder);
  REQUIRE(mkdir(bind.address.path.c_str(), 0700) == 0);

  CHECK(Opener().probe(bind).error() == EEXIST);

  CHECK(std::filesystem::exists(bind.address.path));
}
