#include "proxy/exchange/access_log_writer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

using namespace poise;
using exchange::AccessFormat;
using exchange::AccessLogFile;
using exchange::AccessLogWriter;
using exchange::AccessRecord;

namespace {

// A folder of its own, removed at the end.
class Folder {
 public:
  Folder() { REQUIRE(mkdtemp(path_.data()) != nullptr); }
  ~Folder() {
    for (const auto& name : names_) std::remove(file(name).c_str());
    rmdir(path_.c_str());
  }
  std::string operator/(const std::string& name) {
    names_.push_back(name);
    return file(name);
  }

 private:
  std::string file(const std::string& name) const { return path_ + '/' + name; }

  std::string path_ = "/tmp/poise_access_log_XXXXXX";
  std::vector<std::string> names_;
};

std::vector<std::string> lines_of(const std::string& path) {
  std::ifstream in(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

AccessRecord record(const std::string& id) {
  AccessRecord made;
  made.id = id;
  return made;
}

bool is_whole(const std::string& line) { return line.starts_with('{') && line.ends_with('}'); }

// A named pipe, read without waiting.
class Pipe {
 public:
  explicit Pipe(std::string path) : path_(std::move(path)) {
    REQUIRE(mkfifo(path_.c_str(), 0600) == 0);
    fd_ = ::open(path_.c_str(), O_RDONLY | O_NONBLOCK);
    REQUIRE(fd_ >= 0);
  }
  ~Pipe() { ::close(fd_); }
  const std::string& path() const { return path_; }
  std::string drain() {
    std::string all;
    char piece[4096];
    for (ssize_t n; (n = ::read(fd_, piece, sizeof piece)) > 0;) {
      all.append(piece, static_cast<std::size_t>(n));
    }
    return all;
  }

 private:
  std::string path_;
  int fd_;
};

}  // namespace

TEST_CASE("lines reach the file at a flush and at the end") {
  Folder folder;
  const std::string path = folder / "access.log";
  const auto file = AccessLogFile::open(path);
  REQUIRE(file);
  {
    AccessLogWriter writer(file, AccessFormat::json);
    writer.append(record("a"));
    CHECK(lines_of(path).empty());
    writer.flush();
    CHECK(lines_of(path).size() == 1);
    writer.append(record("b"));
    CHECK(writer.dropped() == 0);
  }
  CHECK(lines_of(path).size() == 2);
}

TEST_CASE("a full buffer is written without being asked") {
  Folder folder;
  const std::string path = folder / "access.log";
  AccessLogWriter writer(AccessLogFile::open(path), AccessFormat::json);
  for (int i = 0; i < 1000; ++i) writer.append(record("x"));
  CHECK(lines_of(path).size() > 100);
}

TEST_CASE("a file that cannot be opened is refused") {
  CHECK_FALSE(AccessLogFile::open("/nonexistent-folder/access.log"));
}

TEST_CASE("after a rename, reopen continues in a new file and loses nothing") {
  Folder folder;
  const std::string path = folder / "access.log";
  const std::string rotated = folder / "access.log.1";
  const auto file = AccessLogFile::open(path);
  AccessLogWriter writer(file, AccessFormat::json);
  writer.append(record("before"));
  writer.flush();
  REQUIRE(std::rename(path.c_str(), rotated.c_str()) == 0);
  writer.append(record("between"));
  writer.flush();
  CHECK(lines_of(rotated).size() == 2);
  REQUIRE(file->reopen());
  writer.append(record("after"));
  writer.flush();
  CHECK(lines_of(rotated).size() == 2);
  REQUIRE(lines_of(path).size() == 1);
  CHECK(lines_of(path)[0].find("after") != std::string::npos);
}

TEST_CASE("workers write whole lines while the file is reopened again and again") {
  Folder folder;
  const std::string path = folder / "access.log";
  const auto file = AccessLogFile::open(path);
  constexpr int kLines = 5000;
  const auto work = [&](const std::string& id) {
    AccessLogWriter writer(file, AccessFormat::json);
    for (int i = 0; i < kLines; ++i) {
      writer.append(record(id));
      if (i % 50 == 0) writer.flush();
    }
  };
  std::thread one(work, "one");
  std::thread two(work, "two");
  std::size_t total = 0;
  for (int i = 0; i < 10; ++i) {
    const std::string rotated = folder / ("access.log." + std::to_string(i));
    REQUIRE(std::rename(path.c_str(), rotated.c_str()) == 0);
    REQUIRE(file->reopen());
  }
  one.join();
  two.join();
  std::vector<std::string> files{path};
  for (int i = 0; i < 10; ++i) files.push_back(path + "." + std::to_string(i));
  for (const auto& each : files) {
    const auto lines = lines_of(each);
    total += lines.size();
    REQUIRE(std::all_of(lines.begin(), lines.end(), is_whole));
  }
  CHECK(total == 2 * kLines);
}

TEST_CASE("a failed reopen keeps the file") {
  Folder folder;
  const std::string path = folder / "access.log";
  const auto file = AccessLogFile::open(path);
  AccessLogWriter writer(file, AccessFormat::json);
  std::remove(path.c_str());
  REQUIRE(mkdir(path.c_str(), 0700) == 0);
  CHECK_FALSE(file->reopen());
  writer.append(record("x"));
  writer.flush();
  CHECK(writer.dropped() == 0);
  rmdir(path.c_str());
}

TEST_CASE("a full disk drops lines and counts them") {
  AccessLogWriter writer(AccessLogFile::open("/dev/full"), AccessFormat::json);
  for (int i = 0; i < 3; ++i) writer.append(record("x"));
  writer.flush();
  CHECK(writer.dropped() == 3);
  writer.flush();
  CHECK(writer.dropped() == 3);
}

TEST_CASE("a pipe whose reader sleeps takes whole lines, and what it does not take is counted") {
  Folder folder;
  Pipe pipe(folder / "pipe");
  AccessLogWriter writer(AccessLogFile::open(pipe.path()), AccessFormat::json);
  constexpr std::uint64_t kLines = 3000;
  const std::string long_id(5000, 'y');  // longer than a pipe takes in one piece
  for (std::uint64_t i = 0; i < kLines; ++i) writer.append(record(i % 100 == 7 ? long_id : "x"));
  writer.flush();
  CHECK(writer.dropped() > 0);
  std::string text = pipe.drain();
  // A line may still wait for its second half.
  for (int i = 0; i < 2; ++i) {
    writer.flush();
    text += pipe.drain();
  }
  std::istringstream in(text);
  std::uint64_t lines = 0;
  for (std::string line; std::getline(in, line); ++lines) REQUIRE(is_whole(line));
  CHECK(text.ends_with('\n'));
  CHECK(lines + writer.dropped() == kLines);

  writer.append(record("awake"));
  writer.flush();
  CHECK(pipe.drain().find("awake") != std::string::npos);
}

TEST_CASE("a pipe nobody reads any more drops lines") {
  const auto previous = std::signal(SIGPIPE, SIG_IGN);
  Folder folder;
  const std::string path = folder / "pipe";
  auto pipe = std::make_unique<Pipe>(path);
  AccessLogWriter writer(AccessLogFile::open(path), AccessFormat::json);
  pipe.reset();
  writer.append(record("x"));
  writer.flush();
  CHECK(writer.dropped() == 1);
  std::signal(SIGPIPE, previous);
}
