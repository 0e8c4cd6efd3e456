// The Range header (RFC 9110 section 14) for one file. Pure.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace streamdemo::http {

struct byte_range {
  enum class kind {
    whole,   // no range, several ranges, another unit, or invalid: answer 200 with the whole file
    part,    // answer 206 with [first, last]
    beyond,  // answer 416
  };
  kind what = kind::whole;
  std::uint64_t first = 0;
  std::uint64_t last = 0;
};

// `size`: the size of the file in bytes.
byte_range parse_range(std::string_view range, std::uint64_t size) noexcept;

// Whether If-Range allows to answer with the range: only for the same strong tag or the exact Last-Modified date.
bool if_range_holds(std::string_view if_range, std::string_view etag, std::string_view last_modified) noexcept;

// "bytes 0-9/100", and for 416 "bytes */100".
std::string content_range(const byte_range& r, std::uint64_t size);

}  // namespace streamdemo::http
