#include "lb/telemetry/log_channel.h"

#include <catch2/catch.hpp>
#include <utility>
#include <variant>
#include <vector>

using lb::telemetry::Doorbell;
using lb::telemetry::Level;
using lb::telemetry::LogChannel;
using lb::telemetry::Note;
using lb::telemetry::SessionRecord;

namespace {

SessionRecord record_of(std::uint64_t id) {
  SessionRecord record;
  record.id = id;
  return record;
}

}  // namespace

TEST_CASE("a channel keeps records and notes in their order", "[telemetry]") {
  Doorbell doorbell;
  LogChannel channel(&doorbell);

  channel.write(record_of(1));
  channel.note(Level::kWarning, "between");
  channel.write(record_of(2));

  std::vector<LogChannel::Entry> entries;
  CHECK(channel.consume(
            10, [&](LogChannel::Entry& entry) { entries.push_back(std::move(entry)); }) == 3);
  CHECK(std::get<SessionRecord>(entries[0]).id == 1);
  CHECK(std::get<Note>(entries[1]).text == "between");
  CHECK(std::get<SessionRecord>(entries[2]).id == 2);
}

TEST_CASE("a full channel drops the newest and counts them", "[telemetry]") {
  Doorbell doorbell;
  LogChannel channel(&doorbell);

  for (std::uint64_t id = 0; id < LogChannel::kCapacity + 7; ++id) channel.write(record_of(id));

  CHECK(channel.dropped() == 7);
  std::uint64_t next = 0;
  bool in_order = true;
  channel.consume(2 * LogChannel::kCapacity, [&](const LogChannel::Entry& entry) {
    in_order = in_order && std::get<SessionRecord>(entry).id == next++;
  });
  CHECK(in_order);
  CHECK(next == LogChannel::kCapacity);
  channel.write(record_of(next));
  CHECK(channel.dropped() == 7);
}

TEST_CASE("a channel that nobody reads forgets, and has dropped nothing", "[telemetry]") {
  LogChannel channel(nullptr);

  for (std::uint64_t id = 0; id < 2 * LogChannel::kCapacity; ++id) channel.write(record_of(id));
  channel.flush();

  CHECK(channel.empty());
  CHECK(channel.dropped() == 0);
}
