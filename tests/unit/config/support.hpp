// What the tests of the configuration share: a file for the length of a test, and a look into the problems found.
#pragma once
#include <stdlib.h>
#include <streamdemo/config/config.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace streamdemo::config::test {

class temporary_file {
 public:
  explicit temporary_file(std::string_view text) {
    std::string pattern = (std::filesystem::temp_directory_path() / "streamdemo-config-XXXXXX").string();
    directory_ = ::mkdtemp(pattern.data());
    std::ofstream(path(), std::ios::binary) << text;
  }
  ~temporary_file() {
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }
  temporary_file(const temporary_file&) = delete;
  temporary_file& operator=(const temporary_file&) = delete;
  std::filesystem::path path() const { return directory_ / "s.toml"; }

 private:
  std::filesystem::path directory_;
};

inline loaded load_file(std::string_view text) {
  const temporary_file file{text};
  return load({file.path(), {}, {}});
}
inline loaded load_set(std::vector<std::string> sets) {
  return load({std::nullopt, {}, std::move(sets)});
}
inline loaded load_variable(std::string name, std::string text) {
  return load({std::nullopt, {{std::move(name), std::move(text)}}, {}});
}

// A problem whose place ends with `where` and whose text contains `what`.
inline bool reports(const loaded& l, std::string_view where, std::string_view what) {
  return std::ranges::any_of(l.problems, [&](const problem& p) {
    return std::string_view(p.where).ends_with(where) && p.what.find(what) != std::string::npos;
  });
}

inline std::string all_of(const loaded& l) {
  std::string out;
  for (const auto& p : l.problems) out += p.where + ": " + p.what + "\n";
  return out;
}

}  // namespace streamdemo::config::test
