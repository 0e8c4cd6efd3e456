#include <streamdemo/http/fields/etag.hpp>

#include <streamdemo/http/fields/text.hpp>

namespace streamdemo::http {

namespace {

std::string_view opaque(std::string_view tag) noexcept {
  return tag.starts_with("W/") ? tag.substr(2) : tag;
}

}  // namespace

bool match_hits(std::string_view if_match, std::string_view etag) noexcept {
  if (trim(if_match) == "*") return true;
  while (!if_match.empty()) {
    const auto tag = next_part(if_match, ',');
    if (tag.starts_with('"') && tag == etag) return true;
  }
  return false;
}

bool none_match_hits(std::string_view if_none_match, std::string_view etag) noexcept {
  if (trim(if_none_match) == "*") return true;
  while (!if_none_match.empty()) {
    if (opaque(next_part(if_none_match, ',')) == opaque(etag)) return true;
  }
  return false;
}

}  // namespace streamdemo::http
