// Signs requests to S3 (AWS Signature Version 4), in the header or in the address. Pure: the time is an argument, so
// that a request can be signed for the server's clock where ours is wrong.
#pragma once
#include <streamdemo/base/clock.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace streamdemo::artifacts::s3 {

struct credentials {
  std::string key_id;  // empty: there are none
  std::string secret;
  std::string token;  // of temporary ones
  bool operator==(const credentials&) const = default;
};

using pairs = std::vector<std::pair<std::string, std::string>>;

// Nothing in it is escaped.
struct unsigned_request {
  std::string_view method;
  std::string_view host;  // as in the field Host
  std::string_view path;  // begins with a slash
  pairs query;
  pairs fields;  // to be signed, beside Host and those that are added; names in lower case
};

// In the payload's place where the address alone is signed.
inline constexpr std::string_view unsigned_payload = "UNSIGNED-PAYLOAD";

struct signing {
  const credentials& by;
  std::string_view region;
  base::sys_time now;
};

// RFC 3986's unreserved characters stay, and the slash in a path.
std::string escaped(std::string_view text, bool keep_slashes);
// Sorted and escaped, as it is signed and sent.
std::string query_text(const pairs& query);

// The fields to send beside those of the request, without Host. `payload_hash`: SHA-256 in hex, or unsigned_payload.
pairs sign(const unsigned_request& r, std::string_view payload_hash, const signing& s);

// The query with which anybody may send this request until `lifetime` is over.
std::string presign(unsigned_request r, std::chrono::seconds lifetime, const signing& s);

}  // namespace streamdemo::artifacts::s3
