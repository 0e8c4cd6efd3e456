// Conditional requests for a file (RFC 9110 section 13). Pure.
#pragma once
#include <streamdemo/base/clock.hpp>
#include <streamdemo/http/message.hpp>

#include <string_view>

namespace streamdemo::http {

enum class precondition {
  met,
  not_modified,  // 304
  failed,        // 412
};

// For a GET or HEAD, in the order of section 13.2.2. A field that does not parse is ignored.
precondition judge_preconditions(const request& r, std::string_view etag, base::sys_time modified);

}  // namespace streamdemo::http
