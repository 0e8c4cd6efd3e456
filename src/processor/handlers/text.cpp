#include "processor/handlers/text.hpp"

#include <fmt/format.h>

#include <cstring>
#include <streamdemo/base/json.hpp>

namespace streamdemo::processor {

namespace {

// The number of bytes of the first character; 0: it is not valid.
std::size_t character_size(std::string_view bytes) {
  for (std::size_t n = 1; n <= 4 && n <= bytes.size(); ++n) {
    if (base::is_utf8(bytes.substr(0, n))) return n;
  }
  return 0;
}

}  // namespace

std::string as_utf8(std::string_view bytes) {
  if (base::is_utf8(bytes)) return std::string(bytes);
  std::string text;
  while (!bytes.empty()) {
    const auto n = character_size(bytes);
    text += n == 0 ? std::string_view("\xef\xbf\xbd") : bytes.substr(0, n);
    bytes.remove_prefix(n == 0 ? 1 : n);
  }
  return text;
}

std::string describe_exit(int code, int signal) {
  if (signal == 0) return fmt::format("exit code {}", code);
  return fmt::format("killed by signal {} ({})", signal, ::strsignal(signal));
}

}  // namespace streamdemo::processor
