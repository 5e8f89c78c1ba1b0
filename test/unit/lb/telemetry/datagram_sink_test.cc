#include "lb/telemetry/datagram_sink.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "test/unit/lb/telemetry/scratch.h"

using lb::net::Fd;
using lb::net::SocketAddress;
using lb::telemetry::DatagramSink;
using lb::telemetry::Note;
using scratch::Folder;
using Lines = std::vector<std::string>;
using namespace std::chrono_literals;

namespace {

constexpr std::chrono::steady_clock::time_point kStart{1h};

// A syslog daemon that reads when asked.
class Receiver {
 public:
  explicit Receiver(const conf::Address& address) { bind(address); }

  void bind(const conf::Address& address) {
    const SocketAddress at(address);
    fd_ = Fd(::socket(at.family(), SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    REQUIRE(::bind(fd_.get(), at.data(), at.size()) == 0);
    SocketAddress bound;
    REQUIRE(::getsockname(fd_.get(), bound.room(), bound.length()) == 0);
    port = bound.peer().port;
  }
  void close() { fd_.reset(); }

  Lines datagrams() {
    Lines found;
    std::array<char, 70'000> buffer{};
    for (ssize_t size = 0; (size = ::recv(fd_.get(), buffer.data(), buffer.size(), 0)) >= 0;)
      found.emplace_back(buffer.data(), static_cast<std::size_t>(size));
    return found;
  }

  void take_one() {
    std::array<char, 1000> buffer{};
    static_cast<void>(::recv(fd_.get(), buffer.data(), buffer.size(), 0));
  }

  std::uint16_t port = 0;

 private:
  Fd fd_;
};

conf::Address loopback(std::uint16_t port = 0) {
  auto address = *conf::parse_ip("127.0.0.1");
  address.port = port;
  return address;
}

conf::Address on_path(const std::string& path) { return *conf::parse_address("unix:" + path); }

DatagramSink sink_to(const conf::Address& address) {
  conf::LogTarget target;
  target.kind = conf::LogTarget::Kind::kSyslog;
  target.address = address;
  return {target, [](const Note& note, std::string& out) { out += note.text + "\n"; }};
}

Lines news_of(lb::telemetry::Sink& sink) {
  Lines texts;
  for (const auto& news : sink.take_news()) texts.push_back(news.note.text);
  return texts;
}

}  // namespace

TEST_CASE("each line is a datagram, over IPv4, IPv6 and UNIX sockets", "[telemetry]") {
  const Folder folder;
  auto address = GENERATE(as<std::string>{}, "127.0.0.1:0", "[::1]:0", "unix");
  if (address == "unix") address = "unix:" + folder.file("log");
  auto where = *conf::parse_address(address);
  Receiver receiver(where);
  where.port = receiver.port;
  DatagramSink target = sink_to(where);

  target.write("one\ntwo\n", kStart);
  target.write("three\n", kStart);

  CHECK(receiver.datagrams() == Lines{"one\n", "two\n", "three\n"});
  CHECK(target.dropped() == 0);
}

TEST_CASE("hundreds of lines at once are as many datagrams in their order", "[telemetry]") {
  Receiver receiver(loopback());
  DatagramSink target = sink_to(loopback(receiver.port));
  std::string lines;
  Lines expected;
  for (int i = 0; i < 200; ++i) {
    expected.push_back(std::to_string(i) + "\n");
    lines += expected.back();
  }

  target.write(lines, kStart);

  CHECK(receiver.datagrams() == expected);
}

TEST_CASE("a UDP port without a listener costs lines, and the listener is told how many",
          "[telemetry]") {
  Receiver receiver(loopback());
  const auto where = loopback(receiver.port);
  DatagramSink target = sink_to(where);
  receiver.close();

  target.write("lost\nlost\n", kStart);
  target.write("lost\n", kStart + 1ms);
  CHECK(target.dropped() == 2);  // of the third the refusal is not heard yet
  CHECK(news_of(target) == Lines{"syslog 127.0.0.1:" + std::to_string(where.port) +
                                 ": lines are dropped until it takes them again: Connection "
                                 "refused"});
  receiver.bind(where);
  target.write("four\n", kStart + 10s);
  CHECK(target.dropped() == 3);
  target.write("five\n", kStart + 20s);
  target.write("six\n", kStart + 20s);

  CHECK(receiver.datagrams() ==
        Lines{"four\n", "3 log lines were dropped: Connection refused\n", "five\n", "six\n"});
  CHECK(news_of(target) == Lines{"syslog 127.0.0.1:" + std::to_string(where.port) +
                                 ": takes lines again, 3 were dropped"});
}

TEST_CASE("a UNIX socket that comes back gets lines again, the first one telling what is missing",
          "[telemetry]") {
  const Folder folder;
  const auto where = on_path(folder.file("log"));
  Receiver receiver(where);
  DatagramSink target = sink_to(where);
  target.write("one\n", kStart);
  CHECK(receiver.datagrams() == Lines{"one\n"});

  receiver.close();
  ::unlink(where.path.c_str());
  target.write("lost\nlost\n", kStart);
  receiver.bind(where);
  target.write("lost\n", kStart + 999ms);
  target.write("two\n", kStart + 1s);

  CHECK(receiver.datagrams() ==
        Lines{"3 log lines were dropped: No such file or directory\n", "two\n"});
  CHECK(target.dropped() == 3);
}

TEST_CASE("a UNIX socket whose daemon was restarted in between loses nothing", "[telemetry]") {
  const Folder folder;
  const auto where = on_path(folder.file("log"));
  Receiver receiver(where);
  DatagramSink target = sink_to(where);
  target.write("one\n", kStart);

  receiver.close();
  ::unlink(where.path.c_str());
  receiver.bind(where);
  target.write("two\n", kStart);

  CHECK(receiver.datagrams() == Lines{"two\n"});
  CHECK(target.dropped() == 0);
}

TEST_CASE("a syslog daemon that starts later is no fault", "[telemetry]") {
  const Folder folder;
  const auto where = on_path(folder.file("log"));
  DatagramSink target = sink_to(where);
  CHECK(target.fault().empty());

  Receiver receiver(where);
  target.write("one\n", kStart);

  CHECK(receiver.datagrams() == Lines{"one\n"});
}

TEST_CASE("a UNIX socket that nobody reads costs lines, and then says how many", "[telemetry]") {
  const Folder folder;
  const auto where = on_path(folder.file("log"));
  Receiver receiver(where);
  DatagramSink target = sink_to(where);
  std::string lines;
  for (int i = 0; i < 1000; ++i) lines += "line\n";

  for (int i = 0; i < 100; ++i) target.write(lines, kStart);
  const std::uint64_t lost = target.dropped();
  CHECK(receiver.datagrams().size() == 100'000 - lost);
  target.write("next\n", kStart);

  CHECK(receiver.datagrams() ==
        Lines{std::to_string(lost) + " log lines were dropped: their reader did not keep "
                                     "up\n",
              "next\n"});
}

TEST_CASE("a line longer than a datagram may be is left out, the others are sent", "[telemetry]") {
  Receiver receiver(loopback());
  DatagramSink target = sink_to(loopback(receiver.port));

  target.write("one\n" + std::string(66'000, 'x') + "\ntwo\n", kStart);

  CHECK(receiver.datagrams() == Lines{"one\n", "two\n"});
  CHECK(target.dropped() == 1);
}

TEST_CASE("a target that fails again and again is told of once a minute", "[telemetry]") {
  const Folder folder;
  const auto where = on_path(folder.file("log"));
  DatagramSink target = sink_to(where);

  std::size_t told = 0;
  for (int second = 0; second < 30; ++second) {
    target.write("lost\n", kStart + 2s * second);
    Receiver receiver(where);
    target.write("taken\n", kStart + 2s * second + 1s);
    ::unlink(where.path.c_str());
    told += news_of(target).size();
  }
  CHECK(told == 2);  // that it began, and that it was over

  target.write("lost\n", kStart + 70s);
  CHECK(news_of(target).size() == 1);
}

TEST_CASE("a daemon that takes a line now and then is waited for once a batch, not for each line",
          "[telemetry]") {
  const Folder folder;
  const auto where = on_path(folder.file("log"));
  Receiver receiver(where);
  DatagramSink target = sink_to(where);
  std::ifstream limit("/proc/sys/net/unix/max_dgram_qlen");
  std::size_t queue = 0;
  limit >> queue;
  std::string lines;
  for (std::size_t i = 0; i < queue + 100; ++i) lines += "line\n";
  std::atomic<bool> stopped = false;
  std::thread reader([&] {
    for (; !stopped; std::this_thread::sleep_for(30ms)) receiver.take_one();
  });

  target.write(lines, kStart);
  stopped = true;
  reader.join();

  CHECK(target.dropped() > 0);  // all of it would have gone, in three seconds
  CHECK(target.dropped() < queue + 100);
}
