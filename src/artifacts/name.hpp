// The names that a file of the store may have. Pure.
#pragma once
#include <streamdemo/base/error.hpp>

#include <string_view>

namespace streamdemo::artifacts {

// [A-Za-z0-9._-]{1,128}, not starting with a dot. Such a name cannot lead out of its directory.
constexpr bool is_plain_name(std::string_view name) noexcept {
  if (name.empty() || name.size() > 128 || name.front() == '.') return false;
  for (const char c : name) {
    const bool good =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
    if (!good) return false;
  }
  return true;
}

// For whoever gives another one.
inline base::error not_plain() {
  return {base::errc::invalid_argument, "a name may have 1 to 128 of A-Z a-z 0-9 . _ - and must not start with a dot"};
}

}  // namespace streamdemo::artifacts
