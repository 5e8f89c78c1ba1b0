#include "lb/telemetry/log_writer.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <charconv>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <semaphore>
#include <string>
#include <thread>
#include <vector>

#include "lb/net/address.h"
#include "lb/net/opener.h"
#include "test/unit/lb/telemetry/scratch.h"

using lb::net::Fd;
using lb::net::Status;
using lb::telemetry::Level;
using lb::telemetry::LogChannel;
using lb::telemetry::LogWriter;
using lb::telemetry::SessionRecord;
using scratch::Folder;
using Kind = conf::LogTarget::Kind;

namespace {

const lb::telemetry::LogOpener kOpener = [](const std::string& path) {
  return lb::net::Opener().open_log(path);
};

SessionRecord record_of(std::uint64_t id) {
  SessionRecord record;
  record.id = id;
  record.frontend = "web";
  record.backend = "app";
  return record;
}

conf::LogTarget no_target() {
  conf::LogTarget target;
  target.kind = Kind::kNone;
  return target;
}

conf::LogTarget file_target(const std::string& path,
                            conf::LogFormat format = conf::LogFormat::kTcplog) {
  conf::LogTarget target;
  target.kind = Kind::kFile;
  target.path = path;
  target.format = format;
  return target;
}

// The lines of a log, events without their time and level.
std::vector<std::string> texts_of(const std::string& path) {
  auto lines = scratch::lines_of(scratch::read(path));
  for (std::string& line : lines) {
    if (line.starts_with('[')) line.erase(0, line.find(": ", line.find(']')) + 2);
  }
  return lines;
}

}  // namespace

TEST_CASE("the log has every record of a channel, in order", "[telemetry]") {
  const Folder folder;
  {
    LogWriter writer({file_target(folder.file("log"), conf::LogFormat::kJson)}, 1, kOpener);
    for (std::uint64_t id = 0; id < LogChannel::kCapacity; ++id)
      writer.channel(0).write(record_of(id));
    CHECK(writer.dropped() == 0);
  }

  const auto lines = scratch::lines_of(scratch::read(folder.file("log")));

  REQUIRE(lines.size() == LogChannel::kCapacity);
  std::uint64_t next = 0;
  for (const auto& line : lines) REQUIRE(nlohmann::json::parse(line)["session"] == next++);
}

TEST_CASE("a flush wakes a writer that sleeps", "[telemetry]") {
  const Folder folder;
  LogWriter writer({file_target(folder.file("log"))}, 2, kOpener);

  for (int i = 1; i <= 5; ++i) {
    LogChannel& channel = writer.channel(static_cast<std::size_t>(i % 2));
    channel.note(Level::kNotice, "line " + std::to_string(i));
    channel.flush();
    REQUIRE(scratch::wait_until([&] {
      return scratch::read(folder.file("log")).ends_with("line " + std::to_string(i) + "\n");
    }));
  }
}

TEST_CASE("each target has its own format", "[telemetry]") {
  const Folder folder;
  {
    LogWriter writer({file_target(folder.file("plain")), no_target(),
                      file_target(folder.file("json"), conf::LogFormat::kJson),
                      file_target(folder.file("copy"))},
                     1, kOpener);
    writer.channel(0).note(Level::kAlert, "backend app has no server available!");
    writer.channel(0).write(record_of(3));
  }

  const auto plain = texts_of(folder.file("plain"));
  const auto json = scratch::lines_of(scratch::read(folder.file("json")));

  REQUIRE(plain.size() == 2);
  CHECK(plain[0] == "backend app has no server available!");
  CHECK(plain[1].ends_with("web app/<NOSRV> -1/-1/0 0 -- 0/0/0/0/0 0/0"));
  REQUIRE(json.size() == 2);
  CHECK(nlohmann::json::parse(json[0])["level"] == "alert");
  CHECK(nlohmann::json::parse(json[1])["session"] == 3);
  CHECK(texts_of(folder.file("copy")) == plain);
}

TEST_CASE("channels of several threads lose nothing that they do not count", "[telemetry]") {
  constexpr std::size_t kThreads = 3;
  constexpr std::size_t kEach = 20'000;
  const Folder folder;
  std::uint64_t dropped = 0;
  {
    LogWriter writer({file_target(folder.file("log"))}, kThreads, kOpener);
    std::vector<std::thread> threads;
    for (std::size_t t = 0; t < kThreads; ++t) {
      threads.emplace_back([&writer, t] {
        LogChannel& channel = writer.channel(t);
        for (std::size_t i = 0; i < kEach; ++i) {
          channel.note(Level::kNotice, std::to_string(t) + ":" + std::to_string(i));
          if (i % 50 == 0) channel.flush();
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    dropped = writer.dropped();
  }

  std::size_t written = 0;
  std::map<std::string, long> last;
  bool in_order = true;
  for (const std::string& line : texts_of(folder.file("log"))) {
    if (line.find("dropped") != std::string::npos) continue;
    ++written;
    const std::size_t colon = line.find(':');
    long& before = last.try_emplace(line.substr(0, colon), -1).first->second;
    const long now = std::stol(line.substr(colon + 1));
    in_order = in_order && now > before;
    before = now;
  }
  CHECK(in_order);
  CHECK(written + dropped == kThreads * kEach);
}

TEST_CASE("a writer that is held up says once how many lines its rings have dropped",
          "[telemetry]") {
  const Folder folder;
  const std::string path = folder.file("log");
  std::binary_semaphore held{0};
  std::binary_semaphore go_on{0};
  int opened = 0;
  {
    LogWriter writer({file_target(path)}, 1, [&](const std::string& name) {
      if (++opened == 2) {
        held.release();
        go_on.acquire();
      }
      return kOpener(name);
    });
    std::filesystem::remove(path);
    LogChannel& channel = writer.channel(0);
    channel.note(Level::kNotice, "first");
    channel.flush();
    held.acquire();
    for (std::size_t i = 0; i < LogChannel::kCapacity + 100; ++i)
      channel.note(Level::kNotice, "more");
    CHECK(channel.dropped() == 100);
    CHECK(writer.dropped() == 100);
    go_on.release();
    writer.finish();
    CHECK(writer.losses() == std::vector<std::string>{"100 log lines were dropped: they came "
                                                      "faster than they could be written"});
  }

  const auto lines = texts_of(path);

  CHECK(lines.size() == LogChannel::kCapacity + 2);
  CHECK(lines.front() == "first");
  CHECK(std::ranges::count(
            lines, "100 log lines were dropped: they came faster than they could be written") == 1);
}

TEST_CASE("a target that nobody reads holds up neither the others nor the end", "[telemetry]") {
  constexpr std::uint64_t kLines = 3000;
  const Folder folder;
  const std::string path = folder.file("pipe");
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  const Fd reader(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  REQUIRE(::fcntl(reader.get(), F_SETPIPE_SZ, 4096) == 4096);

  std::uint64_t dropped = 0;
  {
    LogWriter writer({file_target(path), file_target(folder.file("log"))}, 1, kOpener);
    for (std::uint64_t id = 0; id < kLines; ++id) writer.channel(0).write(record_of(id));
    writer.channel(0).flush();
    REQUIRE(scratch::wait_until(
        [&] { return scratch::lines_of(scratch::read(folder.file("log"))).size() > kLines; }));
    dropped = writer.dropped();
  }

  CHECK(dropped > kLines - 100);
  CHECK(dropped < kLines);
  const std::string told = scratch::read(folder.file("log"));
  CHECK(told.find("log file '" + path +
                  "': lines are dropped until it takes them again: their "
                  "reader did not keep up\n") != std::string::npos);
}

TEST_CASE("a log file renamed under a running writer is opened anew", "[telemetry]") {
  const Folder folder;
  const std::string path = folder.file("log");
  std::size_t written = 0;
  {
    LogWriter writer({file_target(path)}, 1, kOpener);
    std::filesystem::rename(path, folder.file("log.1"));
    REQUIRE(scratch::wait_until([&] {
      writer.channel(0).note(Level::kNotice, "line");
      writer.channel(0).flush();
      ++written;
      return std::filesystem::exists(path);
    }));
    written -= writer.dropped();
  }

  const auto old_lines = texts_of(folder.file("log.1"));
  const auto new_lines = texts_of(path);
  CHECK(std::ranges::count(old_lines, "line") + std::ranges::count(new_lines, "line") ==
        static_cast<std::ptrdiff_t>(written));
}

TEST_CASE("what comes behind an order to open files anew is in the new file", "[telemetry]") {
  const Folder folder;
  const std::string path = folder.file("log");
  std::atomic<bool> done = false;
  {
    LogWriter writer({file_target(path)}, 1, kOpener);
    const auto reopen = [&] {
      done = false;
      REQUIRE(writer.channel(0).reopen(
          [&](const std::vector<std::string>& faults) { done = faults.empty(); }));
      writer.channel(0).flush();
      REQUIRE(scratch::wait_until([&] { return done.load(); }));
    };
    writer.channel(0).note(Level::kNotice, "before");
    reopen();
    CHECK(texts_of(path) == std::vector<std::string>{"before"});
    std::filesystem::rename(path, folder.file("log.1"));
    reopen();
    writer.channel(0).note(Level::kNotice, "behind");
  }
  CHECK(texts_of(folder.file("log.1")) == std::vector<std::string>{"before"});
  CHECK(texts_of(path) == std::vector<std::string>{"behind"});
}

TEST_CASE("where nobody logs, opening files anew is done at once", "[telemetry]") {
  LogWriter writer({}, 1, kOpener);
  bool done = false;
  CHECK(writer.channel(0).reopen([&](const std::vector<std::string>&) { done = true; }));
  CHECK(done);
}

TEST_CASE("a finished log has counted every line, and still takes last notes", "[telemetry]") {
  const Folder folder;
  std::filesystem::create_symlink("/dev/full", folder.file("full"));
  {
    LogWriter writer({file_target(folder.file("full")), file_target(folder.file("log"))}, 1,
                     kOpener);
    for (std::uint64_t id = 0; id < 1000; ++id) writer.channel(0).write(record_of(id));

    writer.finish();

    CHECK(writer.dropped() == 1000);
    CHECK(writer.losses() ==
          std::vector<std::string>{"log file '" + folder.file("full") +
                                   "': 1000 lines were dropped: No space left on device"});
    writer.channel(0).note(Level::kNotice, "the last word");
    writer.channel(0).flush();
  }
  CHECK(scratch::read(folder.file("log")).ends_with("the last word\n"));
}

TEST_CASE("a target that cannot be opened is a fault with its reason", "[telemetry]") {
  const Folder folder;
  const std::string path = folder.file("missing/log");

  const LogWriter writer({file_target(path), file_target(folder.file("log"))}, 1, kOpener);

  CHECK(writer.faults() ==
        std::vector<std::string>{"log file '" + path + "': No such file or directory"});
}

TEST_CASE("a syslog daemon that is not there at start is a warning with its reason, no fault",
          "[telemetry]") {
  const Folder folder;
  const std::string path = folder.file("socket");
  conf::LogTarget target;
  target.kind = Kind::kSyslog;
  target.address = *conf::parse_address("unix:" + path);
  const auto warning = [&](const std::string& why) {
    return std::vector<std::string>{"syslog unix:" + path + ": " + why +
                                    "; looked for each second"};
  };

  CHECK(LogWriter({target}, 1, kOpener).warnings() == warning("No such file or directory"));

  const lb::net::SocketAddress at(target.address);
  const Fd stream(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  REQUIRE(::bind(stream.get(), at.data(), at.size()) == 0);
  const LogWriter writer({target}, 1, kOpener);
  CHECK(writer.warnings() == warning("Protocol wrong type for socket"));
  CHECK(writer.faults().empty());
}

TEST_CASE("a log without a target has no thread and no ring to fill", "[telemetry]") {
  LogWriter writer({no_target()}, 1, kOpener);

  for (std::uint64_t id = 0; id < 2 * LogChannel::kCapacity; ++id)
    writer.channel(0).write(record_of(id));

  CHECK(writer.dropped() == 0);
  CHECK(writer.channel(0).empty());
}

TEST_CASE("the writer's thread runs at nice 10", "[telemetry]") {
  const Folder folder;
  const LogWriter writer({file_target(folder.file("log"))}, 1, kOpener);

  const auto runs_nicely = [] {
    for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
      if (scratch::read(task.path() / "comm") != "tidegate-log\n") continue;
      const auto id = static_cast<id_t>(std::stol(task.path().filename().string()));
      return ::getpriority(PRIO_PROCESS, id) == 10;
    }
    return false;
  };

  CHECK(scratch::wait_until(runs_nicely));
}
