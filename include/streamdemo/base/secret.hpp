// Functions for secrets: random bytes, a keyed digest (HMAC-SHA-256, RFC 2104), a comparison in constant time, and
// base64url (RFC 4648 section 5, without padding) to carry secrets in headers. Thread-safe.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace streamdemo::base {

// From the system's entropy.
std::string random_bytes(std::size_t n);

// 32 bytes.
std::string hmac_sha256(std::string_view key, std::string_view message);

// Its duration depends only on the lengths, so that it does not reveal how much of a guess is right.
bool same_secret(std::string_view a, std::string_view b) noexcept;

std::string to_base64url(std::string_view bytes);
// nullopt: to_base64url() gives this text for no bytes.
std::optional<std::string> from_base64url(std::string_view text);

}  // namespace streamdemo::base
