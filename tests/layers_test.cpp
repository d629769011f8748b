// The shape of the house, read from its #includes: layers point down only, and each library has one
// home. What stands here is docs/architecture.md as a test.

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

// What each folder may include beside itself. Written out, so that a new arrow is a decision.
const std::map<std::string, std::set<std::string>> kMayInclude{
    {"proxy/base", {}},
    {"conf/reader", {"proxy/base"}},
    {"proxy/net", {"proxy/base", "conf/reader"}},
    {"tls", {"proxy/base", "conf/reader", "proxy/net"}},
    {"proxy/http", {"proxy/base", "conf/reader", "proxy/net", "tls"}},
    {"balancing", {"proxy/base", "conf/reader"}},
    {"balancing/strategies", {"proxy/base", "conf/reader", "balancing"}},
    {"health", {"proxy/base", "conf/reader", "proxy/net", "tls", "proxy/http"}},
    {"health/probes", {"proxy/base", "conf/reader", "proxy/net", "tls", "proxy/http", "health"}},
    {"proxy/pool",
     {"proxy/base", "conf/reader", "proxy/net", "tls", "proxy/http", "balancing", "health"}},
    {"proxy/flight",
     {"proxy/base", "conf/reader", "proxy/net", "tls", "proxy/http", "balancing", "health",
      "proxy/pool"}},
    {"proxy/tracing",
     {"proxy/base", "conf/reader", "proxy/net", "tls", "proxy/http", "proxy/flight"}},
    {"proxy/exchange",
     {"proxy/base", "conf/reader", "proxy/net", "tls", "proxy/http", "balancing", "health",
      "proxy/pool", "proxy/flight", "proxy/tracing"}},
    {"proxy/l4",
     {"proxy/base", "conf/reader", "proxy/net", "tls", "proxy/http", "balancing", "health",
      "proxy/pool", "proxy/flight", "proxy/tracing", "proxy/exchange"}},
    {"conf",
     {"proxy/base", "conf/reader", "proxy/net", "tls", "proxy/http", "balancing", "health",
      "proxy/pool", "proxy/flight", "proxy/tracing", "proxy/exchange", "proxy/l4"}},
    {"proxy/server",
     {"proxy/base", "conf/reader", "proxy/net", "tls", "proxy/http", "balancing", "health",
      "proxy/pool", "proxy/flight", "proxy/tracing", "proxy/exchange", "proxy/l4", "conf"}},
    {"proxy/explain",
     {"proxy/base", "conf/reader", "proxy/net", "tls", "proxy/http", "balancing", "health",
      "proxy/pool", "proxy/flight", "proxy/tracing", "proxy/exchange", "proxy/l4", "conf",
      "proxy/server"}},
    {"proxy/admin",
     {"proxy/base", "conf/reader", "proxy/net", "tls", "proxy/http", "balancing", "health",
      "proxy/pool", "proxy/flight", "proxy/tracing", "proxy/exchange", "proxy/l4", "conf",
      "proxy/server", "proxy/explain"}},
    {"proxy/ops",
     {"proxy/base", "conf/reader", "proxy/net", "tls", "proxy/http", "balancing", "health",
      "proxy/pool", "proxy/flight", "proxy/tracing", "proxy/exchange", "proxy/l4", "conf",
      "proxy/server", "proxy/explain"}},
    {"proxy/kit",
     {"proxy/base", "conf/reader", "proxy/net", "tls", "proxy/http", "balancing", "health",
      "proxy/pool", "proxy/flight", "proxy/tracing", "proxy/exchange", "proxy/l4", "conf"}},
    {"proxy/commands",
     {"proxy/base", "conf/reader", "proxy/net", "tls", "proxy/http", "balancing", "health",
      "proxy/pool", "proxy/flight", "proxy/tracing", "proxy/exchange", "proxy/l4", "conf",
      "proxy/server", "proxy/explain", "proxy/admin", "proxy/ops", "proxy/kit"}},
    {"proxy",
     {"proxy/base", "conf/reader", "proxy/net", "tls", "proxy/http", "balancing", "health",
      "proxy/pool", "proxy/flight", "proxy/tracing", "proxy/exchange", "proxy/l4", "conf",
      "proxy/server", "proxy/explain", "proxy/admin", "proxy/ops", "proxy/kit", "proxy/commands"}},
};

// One file lists what is below it by name: that is what makes it the list.
const std::set<std::string> kLists{"balancing/strategies.cpp", "health/probes.cpp"};

// Which files may include a library's headers: those whose path begins so.
struct Home {
  std::string header;  // how the name in the #include begins
  std::vector<std::string> files;
};
const std::vector<Home> kHomes{
    {"uv.h", {"proxy/net/"}},
    {"ares", {"proxy/net/resolver_channel.cpp"}},
    {"llhttp.h", {"proxy/http/h1_syntax.cpp"}},
    {"yaml-cpp/", {"conf/reader/"}},
    {"re2/", {"proxy/base/regex"}},
    {"xxhash.h", {"balancing/hash.cpp"}},
    {"CLI/", {"proxy/main.cpp", "proxy/commands"}},
    {"openssl/", {"tls/", "proxy/base/hmac.cpp"}},
    {"nghttp2/", {"proxy/http/h2_session"}},
    {"prometheus/", {"proxy/admin/metrics_export"}},
};

struct Include {
  std::string file;  // from the top of the repository
  std::string name;
};

std::vector<Include> includes_of(const fs::path& path, const std::string& file) {
  std::vector<Include> includes;
  std::ifstream stream(path);
  for (std::string line; std::getline(stream, line);) {
    const auto hash = line.find_first_not_of(" \t");
    if (hash == line.npos || line[hash] != '#' || line.find("include", hash) == line.npos) continue;
    const auto begin = line.find_first_of("\"<");
    const auto end = line.find_last_of("\">");
    if (begin == line.npos || end <= begin) continue;
    includes.push_back({file, line.substr(begin + 1, end - begin - 1)});
  }
  return includes;
}

const std::vector<Include>& all_includes() {
  static const std::vector<Include> all = [] {
    std::vector<Include> found;
    const fs::path top = POISE_SOURCE_DIR;
    for (const auto* part : {"proxy", "balancing", "conf", "health", "tls"}) {
      if (!fs::exists(top / part)) continue;
      for (const auto& entry : fs::recursive_directory_iterator(top / part)) {
        const auto extension = entry.path().extension();
        if (extension != ".h" && extension != ".cpp") continue;
        const auto file = fs::relative(entry.path(), top).generic_string();
        for (auto& include : includes_of(entry.path(), file)) found.push_back(std::move(include));
      }
    }
    return found;
  }();
  return all;
}

std::string folder_of(const std::string& file) { return file.substr(0, file.rfind('/')); }

bool is_ours(const std::string& name) {
  return std::any_of(kMayInclude.begin(), kMayInclude.end(), [&](const auto& entry) {
    return folder_of(name) == entry.first && name.find('/') != name.npos;
  });
}

bool may_include(const Include& include) {
  const std::string from = folder_of(include.file);
  const std::string to = folder_of(include.name);
  if (from == to) return true;
  if (kLists.count(include.file) != 0 && to.starts_with(from)) return true;
  return kMayInclude.at(from).count(to) != 0;
}

}  // namespace

TEST_CASE("the sources were found, and every folder of them has its place in the layers") {
  CHECK(all_includes().size() > 300);
  for (const auto& include : all_includes()) {
    INFO(include.file);
    CHECK(kMayInclude.count(folder_of(include.file)) == 1);
  }
}

TEST_CASE("includes point down only") {
  for (const auto& include : all_includes()) {
    if (!is_ours(include.name) || kMayInclude.count(folder_of(include.file)) == 0) continue;
    INFO(include.file << " includes " << include.name);
    CHECK(may_include(include));
  }
}

TEST_CASE("the layers have no circle") {
  std::set<std::string> placed;
  for (std::size_t round = 0; round < kMayInclude.size(); ++round) {
    for (const auto& [folder, below] : kMayInclude) {
      const bool all_placed = std::all_of(
          below.begin(), below.end(), [&](const auto& name) { return placed.count(name) != 0; });
      if (all_placed) placed.insert(folder);
    }
  }
  CHECK(placed.size() == kMayInclude.size());
}

TEST_CASE("each library has one home") {
  for (const auto& include : all_includes()) {
    for (const auto& home : kHomes) {
      if (!include.name.starts_with(home.header)) continue;
      INFO(include.file << " includes " << include.name);
      CHECK(std::any_of(home.files.begin(), home.files.end(),
                        [&](const auto& file) { return include.file.starts_with(file); }));
    }
  }
}

TEST_CASE("nothing of the product includes the tests or the benchmarks") {
  for (const auto& include : all_includes()) {
    INFO(include.file << " includes " << include.name);
    CHECK_FALSE(include.name.starts_with("tests/"));
    CHECK_FALSE(include.name.starts_with("bench/"));
    CHECK_FALSE(include.name.starts_with("catch2"));
    CHECK_FALSE(include.name.starts_with("../"));
  }
}

TEST_CASE("every header is included once only") {
  const fs::path top = POISE_SOURCE_DIR;
  for (const auto& include : all_includes()) {
    if (!include.name.ends_with(".h") || !fs::exists(top / include.name)) continue;
    std::ifstream stream(top / include.name);
    const std::string text(std::istreambuf_iterator<char>(stream), {});
    INFO(include.name);
    CHECK(text.find("#pragma once") != text.npos);
  }
}
