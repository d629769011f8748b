// poise_bench_loadgen MODE PORT [--connections N] [--bytes N] [--seconds S] [--rate R]
// MODE: download | upload | slow | rate. See load.h.
#include <strings.h>

#include <csignal>
#include <cstring>

#include "load.h"
#include "sockets.h"

namespace poise::bench {

std::size_t AnswerHead::take(std::string_view bytes) {
  const std::size_t before = head_.size();
  head_.append(bytes);
  const std::size_t end = head_.find("\r\n\r\n");
  if (end == std::string::npos) return 0;
  complete_ = true;
  good_ = head_.compare(0, 10, "HTTP/1.1 2") == 0;
  const char* field = strcasestr(head_.c_str(), "\r\ncontent-length:");
  if (field == nullptr) good_ = false;
  length_ = field == nullptr ? 0 : std::strtoull(field + 17, nullptr, 10);
  return before + bytes.size() - (end + 4);
}

namespace {

int complain(const char* program) {
  std::fprintf(stderr,
               "usage: %s download|upload|slow|rate PORT [--connections N] [--bytes N] "
               "[--seconds S] [--rate R]\n",
               program);
  return 2;
}

bool set(LoadOptions& options, std::string_view name, const char* value) {
  if (name == "--connections") return (options.connections = std::atoi(value)) > 0;
  if (name == "--bytes") return (options.bytes = std::strtoull(value, nullptr, 10)) > 0;
  if (name == "--seconds") return (options.seconds = std::atof(value)) >= 0;
  if (name == "--rate") return (options.rate = std::atof(value)) > 0;
  return false;
}

int run(std::string_view mode, const LoadOptions& options) {
  if (mode == "download") return run_download(options);
  if (mode == "upload") return run_upload(options);
  if (mode == "slow") return run_slow_readers(options);
  if (mode == "rate") return run_fixed_rate(options);
  return 2;
}

}  // namespace
}  // namespace poise::bench

int main(int argc, char** argv) {
  if (argc < 3 || argc % 2 == 0) return poise::bench::complain(argv[0]);
  std::signal(SIGPIPE, SIG_IGN);
  poise::bench::LoadOptions options;
  options.port = std::atoi(argv[2]);
  for (int i = 3; i + 1 < argc; i += 2)
    if (!poise::bench::set(options, argv[i], argv[i + 1])) return poise::bench::complain(argv[0]);
  const int code = poise::bench::run(argv[1], options);
  return code == 2 ? poise::bench::complain(argv[0]) : code;
}
