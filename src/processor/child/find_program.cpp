#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <streamdemo/processor/handlers.hpp>

namespace streamdemo::processor {

namespace {

bool is_program(const std::string& path) {
  struct stat s{};
  return ::stat(path.c_str(), &s) == 0 && S_ISREG(s.st_mode) && ::access(path.c_str(), X_OK) == 0;
}

}  // namespace

std::optional<std::string> find_program(std::string_view name) {
  if (name.empty()) return std::nullopt;
  if (name.find('/') != std::string_view::npos) {
    std::string path(name);
    if (is_program(path)) return path;
    return std::nullopt;
  }
  const char* set = std::getenv("PATH");
  std::string_view left = set != nullptr ? set : "/usr/local/bin:/usr/bin:/bin";
  while (!left.empty()) {
    const auto colon = left.find(':');
    const auto directory = left.substr(0, colon);
    left = colon == std::string_view::npos ? std::string_view{} : left.substr(colon + 1);
    std::string path = std::string(directory.empty() ? "." : directory) + "/" + std::string(name);
    if (is_program(path)) return path;
  }
  return std::nullopt;
}

}  // namespace streamdemo::processor
