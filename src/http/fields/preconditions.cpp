#include <streamdemo/http/fields/preconditions.hpp>

#include <streamdemo/http/date.hpp>

#include <streamdemo/http/fields/etag.hpp>

namespace streamdemo::http {

namespace {

// Whether the file is newer than the date in the field, which has whole seconds only. `otherwise`: the result for an
// invalid date.
bool is_later(base::sys_time modified, std::string_view date, bool otherwise) {
  const auto then = parse_date(date);
  return then ? std::chrono::floor<std::chrono::seconds>(modified) > *then : otherwise;
}

}  // namespace

precondition judge_preconditions(const request& r, std::string_view etag, base::sys_time modified) {
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

}  // namespace streamdemo::http
