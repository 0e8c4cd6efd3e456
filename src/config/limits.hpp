// Checks single values beyond their type. Pure, thread-safe. Each function returns what is wrong; empty: the value is
// valid.
#pragma once
#include <string>
#include <string_view>

namespace streamdemo::config {

// [a-z0-9-]{1,64}, and no name that the HTTP API uses itself.
std::string wrong_kind(std::string_view kind);
// The same for a kind that the configuration adds: in addition, it is not built in.
std::string wrong_added_kind(std::string_view kind);
// An IPv4 or IPv6 address, not a name.
std::string wrong_address(std::string_view text);
// A topic or group name that Kafka accepts: [A-Za-z0-9._-]{1,249}, neither "." nor "..".
std::string wrong_topic(std::string_view text);
// host:port.
std::string wrong_broker(std::string_view text);
// A host name without a port.
std::string wrong_host(std::string_view text);
// scheme://host[:port], as browsers send an origin.
std::string wrong_origin(std::string_view text);
// Empty, or a schema or file that read_input_schema() accepts; it reads the file.
std::string wrong_input_schema(std::string_view text);
// [A-Za-z0-9._-]{0,64}.
std::string wrong_instance_name(std::string_view text);
// [a-z0-9-]{1,64}.
std::string wrong_issuer_name(std::string_view text);
// 1 to 256 characters.
std::string wrong_issuer(std::string_view text);
// https://…, http:// with a loopback address or localhost, or a path.
std::string wrong_jwks(std::string_view text);
// Empty, or https://…, or http:// with a loopback address or localhost; the host in letters that a header field may
// have.
std::string wrong_endpoint(std::string_view text);
// An asymmetric algorithm: with a symmetric one, whoever verifies a signature could also make one.
std::string wrong_algorithm(std::string_view text);
std::string wrong_if_empty(std::string_view text);
// Both may be empty.
std::string wrong_secret(std::string_view text);
std::string wrong_s3_endpoint(std::string_view text);
std::string wrong_bucket(std::string_view text);
std::string wrong_region(std::string_view text);
std::string wrong_s3_prefix(std::string_view text);
std::string wrong_public_url(std::string_view text);
std::string wrong_header_name(std::string_view text);

// "1 MiB" for 1048576, "1 h" for 3600000 ms; empty if no larger unit divides the number.
std::string readable_bytes(std::int64_t bytes);
std::string readable_milliseconds(std::int64_t ms);

}  // namespace streamdemo::config
