#include "lb/demo/demo.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <deque>
#include <memory>
#include <string>

#include "conf/algorithm.h"
#include "conf/model.h"
#include "lb/daemon.h"
#include "lb/demo/effect.h"
#include "lb/demo/embedded_server.h"
#include "lb/net/opener.h"

namespace lb::demo {
namespace {

constexpr std::uint16_t kUsualPort = 8080;
constexpr std::chrono::seconds kSlowStart{15};

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

// A server that fails is out within a second or so.
conf::Check quick_check() {
  using namespace std::chrono_literals;
  return {.dialog = std::make_shared<const conf::CheckDialog>(),
          .interval = 1s,
          .fast_interval = 300ms,
          .down_interval = 1s,
          .rise = 2,
          .fall = 2};
}

conf::Config configuration(const std::deque<EmbeddedServer>& servers, conf::Algorithm balance) {
  conf::Config config;
  conf::Frontend frontend;
  frontend.name = "web";
  frontend.binds.push_back(free_bind());
  frontend.backend = "app";
  config.frontends.push_back(frontend);

  conf::Backend backend;
  backend.name = "app";
  backend.balance.by = balance;
  for (const EmbeddedServer& server : servers) {
    conf::Server entry;
    entry.name = server.name();
    entry.id = static_cast<std::uint32_t>(backend.servers.size() + 1);
    entry.address = loopback(server.port());
    entry.check = quick_check();
    entry.slow_start = kSlowStart;
    backend.servers.push_back(entry);
  }
  config.backends.push_back(backend);
  return config;
}

void show_screen(const std::deque<EmbeddedServer>& servers, const conf::Backend& backend,
                 const conf::Address& frontend) {
  const std::string address = conf::to_string(frontend);
  std::string list;
  for (const EmbeddedServer& server : servers)
    list += fmt::format("    server {}     127.0.0.1:{}\n", server.name(), server.port());
  fmt::print(
      "\n"
      "Tidegate demo: everything runs in this process, on loopback only.\n"
      "\n"
      "    frontend web  {}  ->  backend app ({})\n"
      "{}"
      "\n"
      "{}"
      "\n"
      "Try, in another terminal:\n"
      "\n"
      "    curl http://{}/          {}\n"
      "    curl --interface 127.0.0.7 http://{}/   the same as another client\n"
      "    nc 127.0.0.1 {}                   type lines: one server answers them all, the session "
      "stays with it\n"
      "    curl http://{}/fail      the server that gets this fails for {}: it goes DOWN, calls "
      "reach the others,\n"
      "                                        it comes UP again, and its share grows for {} "
      "(slow_start)\n"
      "    while sleep .1; do curl -s http://{}/; done   to see all that\n"
      "    kill -USR1 $(pidof tidegate)        a soft stop: nobody new, open sessions go on to "
      "their end\n"
      "\n"
      "An access line follows for each session that ends (HAProxy's tcplog). Ctrl-C stops.\n"
      "\n",
      address, conf::name_of(backend.balance.by), list, effect_of(backend), address,
      backend.balance.by == conf::Algorithm::kRoundRobin ? "each call reaches the next server"
                                                         : "the algorithm chooses a server",
      address, frontend.port, address, EmbeddedServer::kOutage, kSlowStart, address);
  std::fflush(stdout);
}

}  // namespace

int run(const Flags& flags, const telemetry::Console& console) {
  std::deque<EmbeddedServer> servers;
  for (const char* name : {"s1", "s2", "s3"}) servers.emplace_back(name);
  conf::Config config = configuration(servers, flags.demo_balance);
  config.global.maxconn = flags.maxconn;
  Daemon daemon(config, flags, console);
  daemon.on_ready([&](const std::vector<Listening>& listening) {
    show_screen(servers, config.backends.front(), listening.front().address);
  });
  return daemon.run();
}

}  // namespace lb::demo
