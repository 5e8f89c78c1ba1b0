#include "balancer/recent_clients.h"

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "test/unit/balancer/allocations.h"
#include "test/unit/balancer/random.h"

using balancer::Key;
using balancer::RecentClients;
using balancer::ServerId;
using balancer::Tick;

namespace {

// Clients of both families; those of one number differ.
std::vector<std::uint8_t> address(std::uint32_t number) {
  std::vector<std::uint8_t> bytes(number % 2 == 0 ? 4 : 16);
  bytes[0] = static_cast<std::uint8_t>(number >> 8);
  bytes.back() = static_cast<std::uint8_t>(number);
  return bytes;
}

// A client comes and gets `server` if it has none. True: it had one, and `server` is that one now.
bool come(RecentClients& clients, Key client, ServerId& server, Tick now) {
  const ServerId* known = clients.visit(client, now);
  if (known == nullptr) {
    clients.add(client, server, now);
    return false;
  }
  server = *known;
  return true;
}

bool knows(RecentClients& clients, std::uint32_t number, Tick now) {
  return clients.visit(address(number), now) != nullptr;
}

// Everything forgotten at once, as soon as its time is over.
class SlowRecentClients {
 public:
  SlowRecentClients(std::size_t capacity, Tick expire) : capacity_(capacity), expire_(expire) {}

  bool come(Key client, ServerId& server, Tick now) {
    while (!order_.empty() && now - order_.front().seen > expire_) forget_first();
    const std::string address(client.begin(), client.end());
    const auto found = known_.find(address);
    if (found != known_.end()) {
      server = found->second->server;
      found->second->seen = now;
      order_.splice(order_.end(), order_, found->second);
      return true;
    }
    if (order_.size() == capacity_) forget_first();
    order_.push_back({address, server, now});
    known_[address] = std::prev(order_.end());
    most_ = std::max(most_, order_.size());
    return false;
  }

  [[nodiscard]] std::size_t most() const { return most_; }

 private:
  struct Client {
    std::string address;
    ServerId server;
    Tick seen;
  };

  void forget_first() {
    known_.erase(order_.front().address);
    order_.pop_front();
  }

  std::size_t capacity_;
  Tick expire_;
  std::size_t most_ = 0;
  std::list<Client> order_;
  std::unordered_map<std::string, std::list<Client>::iterator> known_;
};

}  // namespace

TEST_CASE("a client is known for as long as it keeps coming back in time", "[balancer]") {
  RecentClients clients(10, 100);
  clients.add(address(1), 7, 1000);

  for (Tick now = 1100; now <= 2000; now += 100) {
    const ServerId* server = clients.visit(address(1), now);
    REQUIRE(server != nullptr);
    CHECK(*server == 7);
  }
  CHECK_FALSE(knows(clients, 1, 2101));
}

TEST_CASE("a client's server can be changed at its visit", "[balancer]") {
  RecentClients clients(10, 100);
  clients.add(address(1), 7, 0);

  *clients.visit(address(1), 1) = 8;

  CHECK(*clients.visit(address(1), 2) == 8);
}

TEST_CASE("when there is no room the client that was away longest is forgotten", "[balancer]") {
  RecentClients clients(3, 1000);
  for (const std::uint32_t number : {1U, 2U, 3U}) clients.add(address(number), number, number);
  REQUIRE(knows(clients, 1, 10));

  clients.add(address(4), 4, 11);

  CHECK_FALSE(knows(clients, 2, 12));
  CHECK(knows(clients, 3, 12));
  CHECK(knows(clients, 1, 12));
  CHECK(knows(clients, 4, 12));
}

TEST_CASE("clients whose time is over leave their places to others", "[balancer]") {
  RecentClients clients(1000, 9);

  for (std::uint32_t number = 0; number < 500; ++number) {
    REQUIRE_FALSE(knows(clients, number, number));
    clients.add(address(number), 1, number);
  }

  CHECK(clients.most() == 10);
}

TEST_CASE("an IPv4 client is the same when its address is mapped into IPv6", "[balancer]") {
  using Bytes = std::vector<std::uint8_t>;
  RecentClients clients(10, 100);
  clients.add(Bytes{192, 0, 2, 1}, 7, 0);

  CHECK(clients.visit(Bytes{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 192, 0, 2, 1}, 0) != nullptr);
  CHECK(clients.visit(Bytes{192, 0, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 0) == nullptr);
  CHECK(clients.visit(Bytes{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 192, 0, 2, 1}, 0) == nullptr);
}

TEST_CASE("a client without end is never forgotten while there is room", "[balancer]") {
  RecentClients clients(1, static_cast<Tick>(INT64_MAX));
  clients.add(address(1), 7, 0);

  CHECK(knows(clients, 1, Tick{1} << 62));
}

TEST_CASE("recent clients are those of the slow obvious way, whatever comes when", "[balancer]") {
  const auto seed = GENERATE(range(1U, 41U));
  CAPTURE(seed);
  Random random(seed);
  const std::uint32_t capacity = 1 + random.below(seed % 2 == 0 ? 10 : 200);
  const std::uint32_t population = 1 + random.below(3 * capacity);
  const Tick expire = random.below(300);
  RecentClients clients(capacity, expire);
  SlowRecentClients slow(capacity, expire);
  Tick now = 0;

  for (int step = 0; step < 20'000; ++step) {
    now += random.below(100) == 0 ? random.below(400) : random.below(3);
    const auto client = address(random.below(population));
    ServerId server = random.below(1000);
    ServerId expected = server;
    const bool known = come(clients, client, server, now);
    const bool expected_known = slow.come(client, expected, now);
    if (known != expected_known || server != expected) FAIL("step " << step);
  }
  CHECK(clients.most() == slow.most());
}

TEST_CASE("clients that come and go allocate nothing", "[balancer]") {
  Random random(1);
  RecentClients clients(1000, 500);
  std::array<std::uint8_t, 16> client{};

  const std::size_t before = allocations();
  for (Tick now = 0; now < 100'000; ++now) {
    client[3] = static_cast<std::uint8_t>(random.below(256));
    client[9] = static_cast<std::uint8_t>(random.below(16));
    ServerId server = 1;
    (void)come(clients, client, server, now);
  }
  const std::size_t after = allocations();

  CHECK(after == before);
}
