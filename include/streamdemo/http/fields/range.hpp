// The Range header (RFC 9110 section 14) for one file. Pure.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace streamdemo::http {

struct byte_range {
  enum class kind {
    whole,   // no range, several, another unit, or one that does not parse: 200 with everything
    part,    // 206 with [first, last]
    beyond,  // 416
  };
  kind what = kind::whole;
  std::uint64_t first = 0;
  std::uint64_t last = 0;
};

// `size`: of the file.
byte_range parse_range(std::string_view range, std::uint64_t size) noexcept;

// If-Range: true when the range may be answered. Only a strong tag or the exact Last-Modified date counts.
bool if_range_holds(std::string_view if_range, std::string_view etag, std::string_view last_modified) noexcept;

// "bytes 0-9/100", and for 416 "bytes */100".
std::string content_range(const byte_range& r, std::uint64_t size);

}  // namespace streamdemo::http
