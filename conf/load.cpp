#include "conf/load.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "conf/check.h"
#include "conf/merge.h"
#include "conf/parse.h"
#include "conf/reader/source_text.h"
#include "conf/reader/yaml_parser.h"

namespace poise::conf {

namespace {

namespace fs = std::filesystem;

void report_unreadable(const std::string& path, const std::string& why, Diagnostics& diagnostics) {
  const std::uint32_t file = diagnostics.add_source(path);
  diagnostics.unreadable({file, 0, 0, 1}, "cannot be read: " + why);
}

// At most a byte more than a configuration may have: enough to see that it is too large.
std::optional<std::string> read_text(const std::string& path, Diagnostics& diagnostics) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rbe"),
                                                             std::fclose);
  if (file == nullptr) {
    report_unreadable(path, std::strerror(errno), diagnostics);
    return std::nullopt;
  }
  std::string text(kMaxFileBytes + 1, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file.get()));
  if (std::ferror(file.get()) == 0) return text;
  report_unreadable(path, std::strerror(errno), diagnostics);
  return std::nullopt;
}

std::vector<std::string> files_in(const std::string& folder, Diagnostics& diagnostics) {
  std::vector<std::string> files;
  std::error_code error;
  for (auto entry = fs::directory_iterator(folder, error);
       !error && entry != fs::directory_iterator(); entry.increment(error)) {
    const fs::path path = entry->path();
    const bool hidden = path.filename().string().starts_with('.');
    if (path.extension() == ".yaml" && !hidden) files.push_back(path.string());
  }
  if (error) report_unreadable(folder, error.message(), diagnostics);
  if (!error && files.empty()) report_unreadable(folder, "the folder has no *.yaml", diagnostics);
  std::sort(files.begin(), files.end());
  return files;
}

// Every document that could be parsed.
std::vector<YamlNodePtr> read_documents(const std::vector<std::string>& files,
                                        const Environment& environment, Diagnostics& diagnostics) {
  std::vector<YamlNodePtr> documents;
  for (const auto& file : files) {
    const auto text = read_text(file, diagnostics);
    if (!text) continue;
    auto document = parse_yaml(*text, file, environment, diagnostics);
    if (document != nullptr) documents.push_back(std::move(document));
  }
  return documents;
}

Loaded finish(const std::vector<YamlNodePtr>& documents, std::size_t expected,
              Diagnostics diagnostics, Diagnostics* warnings) {
  // With a file missing, every name it defines would be reported as unknown.
  if (documents.size() < expected) return base::Failure{std::move(diagnostics)};
  const YamlNodePtr root = merge_documents(documents, diagnostics);
  Parsed parsed = parse_config(*root, diagnostics);
  check_config(parsed, *root, diagnostics);
  if (diagnostics.failed()) return base::Failure{std::move(diagnostics)};
  if (warnings != nullptr) *warnings = std::move(diagnostics);
  return std::move(parsed.config);
}

}  // namespace

Loaded load_file(const std::string& path, Diagnostics* warnings, const Environment& environment) {
  Diagnostics diagnostics;
  std::error_code ignored;
  std::vector<std::string> files{path};
  if (fs::is_directory(path, ignored)) files = files_in(path, diagnostics);
  if (files.empty()) return base::Failure{std::move(diagnostics)};
  const auto documents = read_documents(files, environment, diagnostics);
  return finish(documents, files.size(), std::move(diagnostics), warnings);
}

Loaded load_text(const std::string& text, const std::string& name, Diagnostics* warnings,
                 const Environment& environment) {
  Diagnostics diagnostics;
  std::vector<YamlNodePtr> documents;
  auto document = parse_yaml(text, name, environment, diagnostics);
  if (document != nullptr) documents.push_back(std::move(document));
  return finish(documents, 1, std::move(diagnostics), warnings);
}

}  // namespace poise::conf
