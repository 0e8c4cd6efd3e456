#include <streamdemo/http/fields/range.hpp>

#include <algorithm>
#include <charconv>

#include <streamdemo/http/fields/text.hpp>

namespace streamdemo::http {

namespace {

// Reads digits only. A number that does not fit is taken as the largest one.
bool number(std::string_view text, std::uint64_t& out) noexcept {
  if (text.empty() || !std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; })) return false;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (ec == std::errc::result_out_of_range) out = UINT64_MAX;
  return true;
}

}  // namespace

byte_range parse_range(std::string_view range, std::uint64_t size) noexcept {
  using enum byte_range::kind;
  const auto equals = range.find('=');
  if (equals == std::string_view::npos || !same_word(trim(range.substr(0, equals)), "bytes")) return {};
  auto list = range.substr(equals + 1);
  const auto spec = next_part(list, ',');
  if (!list.empty()) return {};
  const auto dash = spec.find('-');
  if (dash == std::string_view::npos) return {};
  const auto from = spec.substr(0, dash);
  const auto to = spec.substr(dash + 1);
  std::uint64_t first = 0;
  std::uint64_t last = UINT64_MAX;
  if (from.empty()) {
    std::uint64_t suffix = 0;
    if (!number(to, suffix)) return {};
    if (suffix == 0 || size == 0) return {beyond, 0, 0};
    return {part, size - std::min(suffix, size), size - 1};
  }
  if (!number(from, first) || (!to.empty() && !number(to, last)) || last < first) return {};
  if (first >= size) return {beyond, 0, 0};
  return {part, first, std::min(last, size - 1)};
}

bool if_range_holds(std::string_view if_range, std::string_view etag, std::string_view last_modified) noexcept {
  const auto wanted = trim(if_range);
  if (wanted.empty()) return true;
  return (wanted.front() == '"' && wanted == etag) || (!last_modified.empty() && wanted == last_modified);
}

std::string content_range(const byte_range& r, std::uint64_t size) {
  const auto total = "/" + std::to_string(size);
  if (r.what == byte_range::kind::beyond) return "bytes *" + total;
  return "bytes " + std::to_string(r.first) + "-" + std::to_string(r.last) + total;
}

}  // namespace streamdemo::http
