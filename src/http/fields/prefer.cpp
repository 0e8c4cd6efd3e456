#include <streamdemo/http/fields/prefer.hpp>

#include <algorithm>
#include <charconv>

#include <streamdemo/http/fields/text.hpp>

namespace streamdemo::http {

std::optional<std::chrono::seconds> preferred_wait(std::string_view prefer, base::milliseconds max) noexcept {
  while (!prefer.empty()) {
    auto preference = next_part(prefer, ',');
    auto pair = next_part(preference, ';');
    const auto name = next_part(pair, '=');
    if (!same_word(name, "wait")) continue;
    const auto value = unquoted(trim(pair));
    std::int64_t n = 0;
    const auto [end, ec] = std::from_chars(value.data(), value.data() + value.size(), n);
    if (end != value.data() + value.size() || value.empty() || value[0] == '-') return std::nullopt;
    if (ec == std::errc::result_out_of_range) n = std::numeric_limits<std::int32_t>::max();
    return std::min(std::chrono::seconds(std::min<std::int64_t>(n, std::numeric_limits<std::int32_t>::max())),
                    std::chrono::duration_cast<std::chrono::seconds>(max));
  }
  return std::nullopt;
}

std::string applied_wait(std::chrono::seconds wait) {
  return "wait=" + std::to_string(wait.count());
}

}  // namespace streamdemo::http
