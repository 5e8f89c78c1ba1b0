#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <cstdlib>
#include <new>
#include <string>

#include "lb/telemetry/access_line.h"
#include "lb/telemetry/log_channel.h"

using lb::telemetry::AccessLine;
using lb::telemetry::LogChannel;
using lb::telemetry::SessionRecord;
using namespace std::chrono_literals;

namespace {

std::atomic<std::size_t> g_allocations = 0;

SessionRecord record_of(std::uint64_t id) {
  SessionRecord record;
  record.id = id;
  record.accepted = std::chrono::system_clock::time_point{1795380326000ms} + id * 100ms;
  record.client = {
      .family = conf::Family::kIpv6, .port = 40000, .ip = {0x20, 1, 0xd, 0xb8, 1, 2, 3}};
  record.frontend = "a frontend with a longer name";
  record.bind = "[2001:db8::1]:8443";
  record.backend = "a backend with a longer name";
  record.server = "a server with a longer name";
  return record;
}

}  // namespace

// Counts every allocation of this test binary.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  g_allocations.fetch_add(1, std::memory_order_relaxed);
  return std::malloc(size);
}
void* operator new(std::size_t size) {
  if (void* memory = operator new(size, std::nothrow)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

TEST_CASE("a line in a buffer that has room allocates nothing", "[telemetry]") {
  for (const auto format : {conf::LogFormat::kTcplog, conf::LogFormat::kJson}) {
    AccessLine access_line(format);
    std::string out;
    out.reserve(4096);
    access_line.append(record_of(0), out);

    const std::size_t before = g_allocations.load();
    for (std::uint64_t id = 1; id < 100; ++id) {
      out.clear();
      access_line.append(record_of(id), out);
    }
    CHECK(g_allocations.load() == before);
  }
}

TEST_CASE("handing a record to the log allocates nothing, even when its ring is full",
          "[telemetry]") {
  lb::telemetry::Doorbell doorbell;
  LogChannel channel(&doorbell);

  const std::size_t before = g_allocations.load();
  for (std::uint64_t id = 0; id < LogChannel::kCapacity + 10; ++id) channel.write(record_of(id));
  CHECK(g_allocations.load() == before);
}
