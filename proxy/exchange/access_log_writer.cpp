#include "proxy/exchange/access_log_writer.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "proxy/exchange/access_log_format.h"

namespace poise::exchange {
namespace {

// As many whole lines as fit into `most`, or the first line when it is longer.
std::string_view lines_within(std::string_view lines, std::size_t most) {
  if (most == 0 || lines.size() <= most) return lines;
  auto end = lines.rfind('\n', most - 1);
  if (end == lines.npos) end = lines.find('\n');
  return lines.substr(0, end == lines.npos ? end : end + 1);
}

}  // namespace

std::shared_ptr<AccessLogFile> AccessLogFile::open(const std::string& to) {
  const bool is_stdout = to == "stdout";
  auto sink = is_stdout ? base::LogSink::adopt(STDOUT_FILENO) : base::LogSink::open(to);
  if (sink == nullptr) return nullptr;
  return std::shared_ptr<AccessLogFile>(new AccessLogFile(is_stdout ? "" : to, std::move(sink)));
}

AccessLogFile::AccessLogFile(std::string path, std::shared_ptr<const base::LogSink> sink)
    : path_(std::move(path)), sink_(std::move(sink)) {}

bool AccessLogFile::reopen() {
  if (path_.empty()) return true;
  auto fresh = base::LogSink::open(path_);
  if (fresh == nullptr) return false;
  const std::lock_guard lock(mutex_);
  sink_.swap(fresh);
  return true;
}

std::shared_ptr<const base::LogSink> AccessLogFile::sink() const {
  const std::lock_guard lock(mutex_);
  return sink_;
}

AccessLogWriter::AccessLogWriter(std::shared_ptr<AccessLogFile> file, AccessFormat format)
    : file_(std::move(file)), sink_(file_->sink()), format_(format) {}

void AccessLogWriter::retarget(std::shared_ptr<AccessLogFile> file, AccessFormat format) {
  flush();
  format_ = format;
  if (file == file_) return;
  drop_torn_line();
  file_ = std::move(file);
  sink_ = file_ != nullptr ? file_->sink() : nullptr;
}

void AccessLogWriter::append(const AccessRecord& record) {
  if (file_ == nullptr) return;
  append_line(buffer_, record, format_, clock_);
  if (buffer_.size() >= kFlushBytes) flush();
}

void AccessLogWriter::flush() {
  if (file_ == nullptr) return;
  // Also with nothing to write: a file that was renamed away must not be held open.
  auto current = file_->sink();
  if (current != sink_) {
    drop_torn_line();
    sink_ = std::move(current);
  }
  if (!buffer_.empty()) keep_torn_line(write(buffer_));
}

// Its beginning stands in another file.
void AccessLogWriter::drop_torn_line() {
  if (!is_torn_) return;
  const auto end = buffer_.find('\n') + 1;
  drop(std::string_view(buffer_).substr(0, end));
  buffer_.erase(0, end);
  is_torn_ = false;
}

// What could not be written.
std::string_view AccessLogWriter::write(std::string_view lines) {
  while (!lines.empty()) {
    const auto taken = sink_->write(lines_within(lines, sink_->atomic_bytes()));
    if (taken <= 0) break;
    lines.remove_prefix(static_cast<std::size_t>(taken));
  }
  return lines;
}

// Lines are dropped whole: one that was cut is finished first the next time, so that the line after
// it does not begin in its middle.
void AccessLogWriter::keep_torn_line(std::string_view rest) {
  const std::size_t written = buffer_.size() - rest.size();
  if (written > 0) is_torn_ = buffer_[written - 1] != '\n';
  if (!is_torn_) {
    drop(rest);
    buffer_.clear();
    return;
  }
  const auto end = rest.find('\n') + 1;
  drop(rest.substr(end));
  buffer_.erase(written + end);
  buffer_.erase(0, written);
}

void AccessLogWriter::drop(std::string_view lines) {
  const auto count = std::count(lines.begin(), lines.end(), '\n');
  dropped_.store(dropped_.load(std::memory_order_relaxed) + static_cast<std::uint64_t>(count),
                 std::memory_order_relaxed);
}

}  // namespace poise::exchange
