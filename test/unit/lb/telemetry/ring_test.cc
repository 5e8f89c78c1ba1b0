#include "lb/telemetry/ring.h"

#include <catch2/catch.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

using lb::telemetry::Ring;

namespace {

template <typename T, std::size_t kCapacity>
std::vector<T> take(Ring<T, kCapacity>& ring, std::size_t limit) {
  std::vector<T> taken;
  ring.consume(limit, [&](T& value) { taken.push_back(std::move(value)); });
  return taken;
}

}  // namespace

TEST_CASE("a ring gives back in order what was pushed, over many turns", "[telemetry]") {
  Ring<int, 4> ring;
  std::vector<int> taken;

  for (int i = 0; i < 30; i += 3) {
    for (int j = 0; j < 3; ++j) REQUIRE(ring.push(i + j));
    for (const int value : take(ring, 4)) taken.push_back(value);
  }

  REQUIRE(taken.size() == 30);
  for (int i = 0; i < 30; ++i) CHECK(taken[static_cast<std::size_t>(i)] == i);
  CHECK(ring.empty());
}

TEST_CASE("a full ring refuses and leaves the value with its owner", "[telemetry]") {
  Ring<std::string, 2> ring;
  std::string refused = "a text too long to be stored in the string itself";
  REQUIRE(ring.push(std::string("one")));
  REQUIRE(ring.push(std::string("two")));

  CHECK_FALSE(ring.push(std::move(refused)));

  CHECK(refused == "a text too long to be stored in the string itself");
  CHECK(take(ring, 1) == std::vector<std::string>{"one"});
  CHECK(ring.push(std::move(refused)));
}

TEST_CASE("a ring gives at most as many as asked for", "[telemetry]") {
  Ring<int, 8> ring;
  for (int i = 0; i < 5; ++i) REQUIRE(ring.push(i));

  CHECK(take(ring, 2) == std::vector<int>{0, 1});
  CHECK_FALSE(ring.empty());
  CHECK(take(ring, 8) == std::vector<int>{2, 3, 4});
}

TEST_CASE("a ring destroys what nobody took", "[telemetry]") {
  const auto witness = std::make_shared<int>(0);
  {
    Ring<std::shared_ptr<int>, 8> ring;
    for (int i = 0; i < 5; ++i) REQUIRE(ring.push(witness));
    REQUIRE(take(ring, 2).size() == 2);
    CHECK(witness.use_count() == 4);
  }
  CHECK(witness.use_count() == 1);
}

TEST_CASE("a ring carries every value from one thread to another", "[telemetry]") {
  constexpr std::uint64_t kValues = 200'000;
  Ring<std::unique_ptr<std::uint64_t>, 64> ring;

  std::thread producer([&] {
    for (std::uint64_t i = 0; i < kValues; ++i) {
      auto value = std::make_unique<std::uint64_t>(i);
      while (!ring.push(std::move(value))) std::this_thread::yield();
    }
  });
  std::uint64_t next = 0;
  bool in_order = true;
  while (next < kValues) {
    const std::size_t count = ring.consume(16, [&](std::unique_ptr<std::uint64_t>& value) {
      in_order = in_order && *value == next++;
    });
    if (count == 0) std::this_thread::yield();
  }
  producer.join();

  CHECK(in_order);
  CHECK(ring.empty());
}
