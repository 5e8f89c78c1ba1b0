#include "lb/proxy/roster.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

using lb::proxy::Roster;
using lb::proxy::Server;

namespace {

conf::Server named(const std::string& name) {
  conf::Server server;
  server.name = name;
  return server;
}

Roster::Id join(Roster& roster, const std::string& name) {
  const Roster::Id id = roster.next();
  roster.take(id, named(name));
  roster.arrived(id);
  return id;
}

}  // namespace

TEST_CASE("a server stays where it is however many come", "[lb]") {
  Roster roster(2);
  const Server* const first = &roster[join(roster, "s0")];

  std::vector<const Server*> servers = {first};
  for (Roster::Id id = 1; id < 1'000; ++id)
    servers.push_back(&roster[join(roster, "s" + std::to_string(id))]);

  for (Roster::Id id = 0; id < 1'000; ++id) {
    CHECK(&roster[id] == servers[id]);
    CHECK(roster[id].name == "s" + std::to_string(id));
  }
  CHECK(roster.all().size() == 1'000);
}

TEST_CASE("a server that comes is found when it has arrived", "[lb]") {
  Roster roster(1);
  roster.take(0, named("s1"));

  CHECK(roster.known(0));
  CHECK_FALSE(roster.present(0));
  CHECK(roster.all().empty());
  CHECK(roster.holds("s1"));
  roster.arrived(0);
  CHECK(roster.all() == std::vector<Roster::Id>{0});
}

TEST_CASE("a place is free when nobody knows who was there, and a name at once", "[lb]") {
  Roster roster(1);
  join(roster, "s1");
  join(roster, "s2");

  roster.leave(0);
  CHECK_FALSE(roster.holds("s1"));
  CHECK(join(roster, "s1") == 2);
  roster.free(0);
  CHECK(roster.next() == 0);
  CHECK(join(roster, "s4") == 0);
  CHECK(roster.size() == 3);
}

TEST_CASE("a name outlives its server", "[lb]") {
  Roster roster(1);
  join(roster, "s1");
  const std::string_view name = roster[0].name;

  roster.leave(0);
  roster.free(0);
  join(roster, "another");

  CHECK(name == "s1");
}
