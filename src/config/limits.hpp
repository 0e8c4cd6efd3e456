// What a single value may be, beyond its type. Pure, thread-safe. Each gives an empty text when the value is fine.
#pragma once
#include <string>
#include <string_view>

namespace streamdemo::config {

// [a-z0-9-]{1,64}, and none of the names that the HTTP face keeps for itself.
std::string wrong_kind(std::string_view kind);
// An IPv4 or IPv6 address, not a name.
std::string wrong_address(std::string_view text);
// A topic or group name as Kafka takes it: [A-Za-z0-9._-]{1,249}, neither "." nor "..".
std::string wrong_topic(std::string_view text);
// host:port.
std::string wrong_broker(std::string_view text);
// A host's name, without a port.
std::string wrong_host(std::string_view text);
// scheme://host[:port], as browsers send it.
std::string wrong_origin(std::string_view text);
// Empty, or what input_schema.hpp reads; the file is looked at.
std::string wrong_input_schema(std::string_view text);
// [A-Za-z0-9._-]{0,64}.
std::string wrong_instance_name(std::string_view text);
// [a-z0-9-]{1,64}.
std::string wrong_issuer_name(std::string_view text);
// {1,256}.
std::string wrong_issuer(std::string_view text);
// https://…, http:// of a loopback address or localhost, or a path.
std::string wrong_jwks(std::string_view text);
// Of a signature that can be judged without being able to make it.
std::string wrong_algorithm(std::string_view text);
std::string wrong_if_empty(std::string_view text);
// Empty is fine for the two.
std::string wrong_secret(std::string_view text);
std::string wrong_public_url(std::string_view text);
std::string wrong_header_name(std::string_view text);

// "1 MiB" for 1048576, "1 h" for 3600000 ms; empty when there is nothing rounder to say than the number.
std::string readable_bytes(std::int64_t bytes);
std::string readable_milliseconds(std::int64_t ms);

}  // namespace streamdemo::config
