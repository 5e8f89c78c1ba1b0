#include "lb/demo/demo.h"

#include <fmt/format.h>

#include <cstdio>
#include <deque>
#include <string>

#include "conf/model.h"
#include "lb/daemon.h"
#include "lb/demo/embedded_server.h"
#include "lb/net/opener.h"

namespace lb::demo {
namespace {

constexpr std::uint16_t kUsualPort = 8080;

conf::Address loopback(std::uint16_t port) {
  return {.family = conf::Family::kIpv4, .ip = {127, 0, 0, 1}, .port = port, .path = {}};
}

// The usual port when it is free, so that the same command works each time; otherwise any.
conf::Bind free_bind() {
  conf::Bind bind;
  bind.address = loopback(kUsualPort);
  bind.place = {.file = "demo", .line = 1};
  if (!net::Opener().probe(bind).ok()) bind.address.port = 0;
  return bind;
}

conf::Config configuration(const std::deque<EmbeddedServer>& servers) {
  conf::Config config;
  conf::Frontend frontend;
  frontend.name = "web";
  frontend.binds.push_back(free_bind());
  frontend.backend = "app";
  config.frontends.push_back(frontend);

  conf::Backend backend;
  backend.name = "app";
  for (const EmbeddedServer& server : servers) {
    conf::Server entry;
    entry.name = server.name();
    entry.id = static_cast<std::uint32_t>(backend.servers.size() + 1);
    entry.address = loopback(server.port());
    backend.servers.push_back(entry);
  }
  config.backends.push_back(backend);
  return config;
}

void show_screen(const std::deque<EmbeddedServer>& servers, const conf::Address& frontend) {
  const std::string address = conf::to_string(frontend);
  std::string list;
  for (const EmbeddedServer& server : servers)
    list += fmt::format("    server {}     127.0.0.1:{}\n", server.name(), server.port());
  fmt::print(
      "\n"
      "Tidegate demo: everything runs in this process, on loopback only.\n"
      "\n"
      "    frontend web  {}  ->  backend app (roundrobin)\n"
      "{}"
      "\n"
      "Try, in another terminal:\n"
      "\n"
      "    curl http://{}/          each call reaches the next server\n"
      "    nc 127.0.0.1 {}                   type lines: one server answers them all, the session "
      "stays with it\n"
      "    kill -USR1 $(pidof tidegate)        a soft stop: nobody new, open sessions go on to "
      "their end\n"
      "\n"
      "An access line follows for each session that ends (HAProxy's tcplog). Ctrl-C stops.\n"
      "\n",
      address, list, address, frontend.port);
  std::fflush(stdout);
}

}  // namespace

int run(const Flags& flags, const telemetry::Console& console) {
  std::deque<EmbeddedServer> servers;
  for (const char* name : {"s1", "s2", "s3"}) servers.emplace_back(name);
  conf::Config config = configuration(servers);
  config.global.maxconn = flags.maxconn;
  Daemon daemon(config, flags, console);
  daemon.on_ready([&](const std::vector<Listening>& listening) {
    show_screen(servers, listening.front().address);
  });
  return daemon.run();
}

}  // namespace lb::demo
