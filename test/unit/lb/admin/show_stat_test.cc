#include "lb/admin/show_stat.h"

#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <vector>

namespace lb::admin {
namespace {

std::shared_ptr<const telemetry::Snapshot> snapshot(std::size_t servers = 2) {
  auto all = std::make_shared<telemetry::Snapshot>();
  telemetry::FrontendStat frontend;
  frontend.name = "web";
  frontend.iid = 2;
  all->frontends.push_back(std::move(frontend));
  telemetry::BackendStat backend;
  backend.name = "app";
  backend.iid = 3;
  for (std::size_t i = 1; i <= servers; ++i) {
    telemetry::ServerStat server;
    server.name = "s" + std::to_string(i);
    server.sid = static_cast<std::uint32_t>(i);
    server.status = "UP";
    server.address = "127.0.0.1:80";
    backend.servers.push_back(server);
  }
  all->backends.push_back(std::move(backend));
  return all;
}

std::string told(const std::vector<std::string>& words, telemetry::Snapshot all) {
  auto query = StatQuery::read(words);
  REQUIRE(query);
  REQUIRE(resolve(*query, all));
  Producer producer =
      render(std::move(*query), std::make_shared<const telemetry::Snapshot>(std::move(all)));
  std::string text;
  while (producer(text)) continue;
  return text;
}

// The first two columns of each row.
std::vector<std::string> names(const std::string& csv) {
  std::vector<std::string> found;
  for (std::size_t at = csv.find('\n') + 1; at < csv.size(); at = csv.find('\n', at) + 1)
    found.push_back(csv.substr(at, csv.find(',', csv.find(',', at) + 1) - at));
  return found;
}

using Names = std::vector<std::string>;

TEST_CASE("show stat filters by proxy, kind and server", "[admin]") {
  const telemetry::Snapshot all = *snapshot();

  CHECK(names(told({}, all)) == Names{"web,FRONTEND", "app,s1", "app,s2", "app,BACKEND"});
  CHECK(names(told({"3", "-1", "-1"}, all)) == Names{"app,s1", "app,s2", "app,BACKEND"});
  CHECK(names(told({"app", "4", "-1"}, all)) == Names{"app,s1", "app,s2"});
  CHECK(names(told({"-1", "4", "2"}, all)) == Names{"app,s2"});
  CHECK(names(told({"domain", "proxy", "-1", "3", "-1"}, all)) ==
        Names{"web,FRONTEND", "app,BACKEND"});
}

TEST_CASE("show stat leaves out who is down or in maintenance, where asked to", "[admin]") {
  telemetry::Snapshot all = *snapshot(3);
  all.backends[0].servers[0].up = false;
  all.backends[0].servers[1].maintenance = true;

  CHECK(names(told({"app", "4", "-1", "up"}, all)) == Names{"app,s3"});
  CHECK(names(told({"app", "4", "-1", "no-maint"}, all)) == Names{"app,s1", "app,s3"});
}

TEST_CASE("show stat quotes what would break a CSV line", "[admin]") {
  telemetry::Snapshot all = *snapshot(1);
  all.backends[0].servers[0].status = "a,\"b\"";

  CHECK(told({"app", "4", "-1"}, all).find(",\"a,\"\"b\"\"\",") != std::string::npos);
}

TEST_CASE("addresses are for those whose level lets them see them", "[admin]") {
  const auto all = snapshot(1);
  StatQuery query;
  std::string hidden;
  while (render(query, all)(hidden)) continue;
  query.addresses = true;
  std::string shown;
  while (render(query, all)(shown)) continue;

  CHECK(hidden.find("127.0.0.1:80") == std::string::npos);
  CHECK(shown.find("127.0.0.1:80") != std::string::npos);
}

TEST_CASE("many servers are rendered in parts", "[admin]") {
  Producer producer = render({}, snapshot(1'000));
  int parts = 1;
  std::string part;
  for (; producer(part); ++parts) {
    CHECK(part.size() < 2 * kPart);
    part.clear();
  }

  CHECK(parts > 5);
}

TEST_CASE("a domain that is none, and a proxy that is none, are told so", "[admin]") {
  const std::vector<std::string> words{"domain", "foo"};
  CHECK(StatQuery::read(words).error() == "Invalid statistics domain.\n");
  StatQuery query;
  query.proxy = "nosuch";
  query.iid = 0;
  CHECK_FALSE(resolve(query, *snapshot()));
}

}  // namespace
}  // namespace lb::admin
