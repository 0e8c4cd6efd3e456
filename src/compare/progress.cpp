#include "compare/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

namespace streamdemo::compare {

namespace {
constexpr const char* clear_line = "\r\033[K";
}

progress::progress() : terminal_(::isatty(STDERR_FILENO) == 1) {}

void progress::step(const std::string& text) {
  step_ = text;
  if (terminal_) {
    fmt::print(stderr, "{}{}", clear_line, text);
  } else {
    fmt::print(stderr, "{}\n", text);
  }
  std::fflush(stderr);
}

void progress::detail(const std::string& text) {
  if (!terminal_) return;
  fmt::print(stderr, "{}{}: {}", clear_line, step_, text);
  std::fflush(stderr);
}

void progress::done() {
  if (terminal_) fmt::print(stderr, "{}", clear_line);
}

}  // namespace streamdemo::compare
