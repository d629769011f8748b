// A fresh folder for a test's files, removed with everything in it at the end.
#pragma once

#include <filesystem>
#include <string>

namespace poise::support {

class ScratchFolder {
 public:
  ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  ~ScratchFolder();

  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  // The path of the new file.
  std::string write(const std::string& name, const std::string& text) const;
  std::string read(const std::string& name) const;

 private:
  std::filesystem::path folder_;
};

}  // namespace poise::support
