#include "gateway/api/preconditions.hpp"

#include <fmt/chrono.h>

#include <ctime>

#include "gateway/api/etag.hpp"

namespace streamdemo::gateway {

namespace {

using seconds = std::chrono::seconds;

// Later than the date that the field has; a file's own time has fractions, which no date has.
bool is_later(base::sys_time modified, std::string_view date, bool otherwise) {
  const auto then = parse_http_date(date);
  return then ? std::chrono::floor<seconds>(modified) > *then : otherwise;
}

}  // namespace

std::string http_date(base::sys_time t) {
  const auto whole = std::chrono::floor<seconds>(t);
  return fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT", fmt::gmtime(std::chrono::system_clock::to_time_t(whole)));
}

std::optional<base::sys_time> parse_http_date(std::string_view text) {
  const std::string date(text);
  // As everybody writes it today, as RFC 850 did, and as C's asctime() does.
  for (const auto* form : {"%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %d %H:%M:%S %Y"}) {
    std::tm parts{};
    const auto* end = ::strptime(date.c_str(), form, &parts);
    if (end == nullptr || end != date.c_str() + date.size()) continue;
    return base::sys_time(seconds(::timegm(&parts)));
  }
  return std::nullopt;
}

precondition judge_preconditions(const http::request& r, std::string_view etag, base::sys_time modified) {
  if (r.has_header("If-Match")) {
    if (!match_hits(r.joined_header("If-Match"), etag)) return precondition::failed;
  } else if (is_later(modified, r.header("If-Unmodified-Since"), false)) {
    return precondition::failed;
  }
  if (r.has_header("If-None-Match")) {
    return none_match_hits(r.joined_header("If-None-Match"), etag) ? precondition::not_modified : precondition::met;
  }
  return is_later(modified, r.header("If-Modified-Since"), true) ? precondition::met : precondition::not_modified;
}

}  // namespace streamdemo::gateway
