#include "lb/telemetry/stream_sink.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "lb/net/opener.h"
#include "test/unit/lb/telemetry/scratch.h"

using lb::net::Fd;
using lb::net::Status;
using lb::telemetry::LogOpener;
using lb::telemetry::Note;
using lb::telemetry::StreamSink;
using scratch::Folder;
using namespace std::chrono_literals;

namespace {

const LogOpener kOpener = [](const std::string& path) { return lb::net::Opener().open_log(path); };
constexpr std::chrono::steady_clock::time_point kStart{1h};

conf::LogTarget file_target(const std::string& path) {
  conf::LogTarget target;
  target.kind = conf::LogTarget::Kind::kFile;
  target.path = path;
  return target;
}

void append_plainly(const Note& note, std::string& out) { out += note.text + "\n"; }

StreamSink sink_to(const std::string& path, const LogOpener& opener = kOpener) {
  return {file_target(path), opener, append_plainly};
}

std::vector<std::string> news_of(lb::telemetry::Sink& sink) {
  std::vector<std::string> texts;
  for (const auto& news : sink.take_news()) texts.push_back(news.note.text);
  return texts;
}

std::string numbered_lines(int from, int count) {
  std::string lines;
  for (int i = from; i < from + count; ++i) lines += "line " + std::to_string(i) + "\n";
  return lines;
}

std::string drain(const Fd& pipe) {
  std::string text;
  std::array<char, 4096> buffer{};
  for (ssize_t size = 0; (size = ::read(pipe.get(), buffer.data(), buffer.size())) > 0;) {
    text.append(buffer.data(), static_cast<std::size_t>(size));
  }
  return text;
}

// A named pipe whose reader takes nothing until asked.
struct Fifo {
  static constexpr int kSize = 16384;
  explicit Fifo(std::string at) : path(std::move(at)) {
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    reader = Fd(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    REQUIRE(reader);
    REQUIRE(::fcntl(reader.get(), F_SETPIPE_SZ, kSize) == kSize);
  }
  std::string path;
  Fd reader;
};

// Files of this process end at `bytes`.
class FileLimit {
 public:
  explicit FileLimit(rlim_t bytes) {
    ::signal(SIGXFSZ, SIG_IGN);
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &before_) == 0);
    const rlimit limit{.rlim_cur = bytes, .rlim_max = before_.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &limit) == 0);
  }
  FileLimit(const FileLimit&) = delete;
  FileLimit& operator=(const FileLimit&) = delete;
  ~FileLimit() { ::setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

}  // namespace

TEST_CASE("lines are appended to a log file that only its owner and group may read",
          "[telemetry]") {
  const Folder folder;
  const std::string path = folder.file("log");
  const mode_t before = ::umask(0);

  sink_to(path).write("one\n", kStart);
  sink_to(path).write("two\nthree\n", kStart);

  ::umask(before);
  CHECK(scratch::read(path) == "one\ntwo\nthree\n");
  struct stat facts{};
  REQUIRE(::stat(path.c_str(), &facts) == 0);
  CHECK((facts.st_mode & 0777) == 0640);
}

TEST_CASE("a renamed log file is followed by a new one within a second", "[telemetry]") {
  const Folder folder;
  const std::string path = folder.file("log");
  StreamSink target = sink_to(path);
  target.write("one\n", kStart);

  std::filesystem::rename(path, folder.file("log.1"));
  target.write("two\n", kStart + 999ms);
  target.write("three\n", kStart + 1s);

  CHECK(scratch::read(folder.file("log.1")) == "one\ntwo\n");
  CHECK(scratch::read(path) == "three\n");
  CHECK(target.dropped() == 0);
}

TEST_CASE("a log file is opened anew when that is asked, and goes on when it cannot be",
          "[telemetry]") {
  const Folder folder;
  const std::string path = folder.file("log");
  StreamSink target = sink_to(path);
  target.write("one\n", kStart);

  std::filesystem::rename(path, folder.file("log.1"));
  CHECK_FALSE(target.reopen(kStart));
  target.write("two\n", kStart);
  CHECK(scratch::read(folder.file("log.1")) == "one\n");
  CHECK(scratch::read(path) == "two\n");

  std::filesystem::rename(path, folder.file("log.2"));
  std::filesystem::create_directory(path);
  CHECK(target.reopen(kStart) == "log file '" + path + "': Is a directory");
  target.write("three\n", kStart);
  CHECK(scratch::read(folder.file("log.2")) == "two\nthree\n");
  CHECK(target.dropped() == 0);
}

TEST_CASE("a log file that another has replaced is left for it", "[telemetry]") {
  const Folder folder;
  const std::string path = folder.file("log");
  StreamSink target = sink_to(path);
  target.write("one\n", kStart);

  sink_to(folder.file("other")).write("other\n", kStart);
  std::filesystem::rename(folder.file("other"), path);
  target.write("two\n", kStart + 1s);

  CHECK(scratch::read(path) == "other\ntwo\n");
}

TEST_CASE("a log file that cannot be opened anew goes on being written", "[telemetry]") {
  const Folder folder;
  const std::string path = folder.file("log");
  bool allowed = true;
  const LogOpener opener = [&](const std::string& name) -> std::expected<Fd, Status> {
    if (!allowed) return std::unexpected(Status(EACCES));
    return lb::net::Opener().open_log(name);
  };
  StreamSink target = sink_to(path, opener);
  target.write("one\n", kStart);

  std::filesystem::rename(path, folder.file("log.1"));
  allowed = false;
  target.write("two\n", kStart + 1s);
  allowed = true;
  target.write("three\n", kStart + 2s);

  CHECK(scratch::read(folder.file("log.1")) == "one\ntwo\n");
  CHECK(scratch::read(path) == "three\n");
  CHECK(target.dropped() == 0);
}

TEST_CASE("a log file that cannot be opened is named, and opened when it can be", "[telemetry]") {
  const Folder folder;
  const std::string path = folder.file("later/log");

  StreamSink target = sink_to(path);
  target.write("one\ntwo\n", kStart);
  std::filesystem::create_directory(folder.file("later"));
  target.write("three\n", kStart + 1s);

  CHECK(target.fault() == "log file '" + path + "': No such file or directory");
  CHECK(target.dropped() == 2);
  CHECK(scratch::read(path) == "2 log lines were dropped: No such file or directory\nthree\n");
}

TEST_CASE("a pipe that nobody reads costs lines, not time, and then says how many", "[telemetry]") {
  const Folder folder;
  const Fifo fifo(folder.file("pipe"));
  StreamSink target = sink_to(fifo.path);
  const auto began = std::chrono::steady_clock::now();
  for (int i = 0; i < 100; ++i) target.write(numbered_lines(1000 * i, 1000), kStart);
  CHECK(std::chrono::steady_clock::now() - began < 5s);
  REQUIRE(target.dropped() > 90'000);

  std::string told = drain(fifo.reader);
  target.write("next\n", kStart);
  told += drain(fifo.reader);

  const std::uint64_t whole = 100'000 - target.dropped();
  CHECK(told == numbered_lines(0, static_cast<int>(whole)) + std::to_string(target.dropped()) +
                    " log lines were dropped: their reader did not keep up\nnext\n");
}

TEST_CASE("an outage that goes on is told once, with all it has cost", "[telemetry]") {
  const Folder folder;
  const Fifo fifo(folder.file("pipe"));
  StreamSink target = sink_to(fifo.path);

  target.write(std::string(Fifo::kSize - 1, 'x') + "\n", kStart);
  for (int i = 0; i < 5; ++i) target.write("lost\nlost\n", kStart);
  CHECK(target.dropped() == 10);
  drain(fifo.reader);
  target.write("kept\n", kStart);
  target.write("kept\n", kStart);

  CHECK(drain(fifo.reader) ==
        "10 log lines were dropped: their reader did not keep up\nkept\nkept\n");
}

TEST_CASE("a full disk cuts no line in two", "[telemetry]") {
  const Folder folder;
  const std::string path = folder.file("log");
  StreamSink target = sink_to(path);

  {
    const FileLimit limit(10);
    target.write("line 1\nline 2\nline 3\n", kStart);
    target.write("line 4\n", kStart);
  }
  CHECK(scratch::read(path) == "line 1\nlin");
  target.write("line 5\n", kStart);

  CHECK(scratch::read(path) ==
        "line 1\nline 2\n2 log lines were dropped: File too large\nline 5\n");
  CHECK(target.dropped() == 2);
}

TEST_CASE("the end of a cut line does not turn up in another file", "[telemetry]") {
  const Folder folder;
  const std::string path = folder.file("log");
  StreamSink target = sink_to(path);

  {
    const FileLimit limit(10);
    target.write("line 1\nline 2\nline 3\n", kStart);
  }
  std::filesystem::rename(path, folder.file("log.1"));
  target.write("line 4\n", kStart + 1s);

  CHECK(scratch::read(path) == "2 log lines were dropped: File too large\nline 4\n");
}

TEST_CASE("a device without space is counted and left when its file comes back", "[telemetry]") {
  const Folder folder;
  const std::string path = folder.file("log");
  std::filesystem::create_symlink("/dev/full", path);
  StreamSink target = sink_to(path);

  target.write("one\ntwo\n", kStart);
  std::filesystem::remove(path);
  target.write("three\n", kStart + 1s);

  CHECK(scratch::read(path) == "2 log lines were dropped: No space left on device\nthree\n");
}

TEST_CASE("a reader that has gone is counted, not fatal", "[telemetry]") {
  ::signal(SIGPIPE, SIG_IGN);
  const Folder folder;
  Fifo fifo(folder.file("pipe"));
  StreamSink target = sink_to(fifo.path);

  fifo.reader.reset();
  target.write("one\ntwo\n", kStart);

  CHECK(target.dropped() == 2);
}

TEST_CASE("an outage is told to the others when it begins and once it is over", "[telemetry]") {
  const Folder folder;
  const std::string path = folder.file("log");
  std::filesystem::create_symlink("/dev/full", path);
  StreamSink target = sink_to(path);

  target.write("one\ntwo\n", kStart);
  CHECK(news_of(target) == std::vector<std::string>{"log file '" + path +
                                                    "': lines are dropped until it takes them "
                                                    "again: No space left on device"});
  target.write("three\n", kStart + 500ms);
  CHECK(news_of(target).empty());
  std::filesystem::remove(path);
  target.write("four\n", kStart + 1s);

  CHECK(news_of(target) ==
        std::vector<std::string>{"log file '" + path + "': takes lines again, 3 were dropped"});
}

TEST_CASE("that a moved log file cannot be opened anew is told once, everywhere, and so is the end",
          "[telemetry]") {
  const Folder folder;
  const std::string path = folder.file("log");
  bool allowed = true;
  const LogOpener opener = [&](const std::string& name) -> std::expected<Fd, Status> {
    if (!allowed) return std::unexpected(Status(EACCES));
    return lb::net::Opener().open_log(name);
  };
  StreamSink target = sink_to(path, opener);
  std::filesystem::rename(path, folder.file("log.1"));
  allowed = false;

  for (int second = 1; second < 5; ++second) target.write("line\n", kStart + 1s * second);

  const auto news = target.take_news();
  REQUIRE(news.size() == 1);
  CHECK(news[0].here_too);
  CHECK(news[0].note.text == "log file '" + path +
                                 "': was moved away and cannot be opened anew: Permission denied; "
                                 "lines go on into the old file");
  if (GENERATE(true, false)) {
    allowed = true;
  } else {
    std::filesystem::rename(folder.file("log.1"), path);
  }
  for (int second = 5; second < 8; ++second) target.write("line\n", kStart + 1s * second);
  const auto end = target.take_news();
  REQUIRE(end.size() == 1);
  CHECK(end[0].here_too);
  CHECK(end[0].note.text == "log file '" + path + "': is written under its name again");
  CHECK(target.dropped() == 0);
}

TEST_CASE("a log file that was moved is missed even where its directory may not be looked at",
          "[telemetry]") {
  constexpr uid_t kNobody = 65534;
  const bool root = ::geteuid() == 0;
  const Folder folder;
  const std::string path = folder.file("log");
  StreamSink target = sink_to(path);
  const auto close = [&](bool closed) {
    if (root) {  // root may look everywhere, so it becomes somebody else
      REQUIRE(::seteuid(closed ? kNobody : 0) == 0);
    } else {
      std::filesystem::permissions(folder.file(""), closed ? std::filesystem::perms::none
                                                           : std::filesystem::perms::owner_all);
    }
  };

  close(true);
  target.write("one\n", kStart + 1s);
  const auto before = news_of(target);
  close(false);
  std::filesystem::rename(path, folder.file("log.1"));
  close(true);
  target.write("two\n", kStart + 2s);
  close(false);

  CHECK(before.empty());
  CHECK(news_of(target).size() == 1);
  CHECK(scratch::read(folder.file("log.1")) == "one\ntwo\n");
}
