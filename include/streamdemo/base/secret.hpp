// What secrets need: bytes that nobody can guess, a keyed digest (HMAC-SHA-256, RFC 2104), a comparison that takes as
// long for every wrong answer, and base64url (RFC 4648 section 5, without padding) to carry them in headers.
// Thread-safe.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace streamdemo::base {

// From the system's entropy.
std::string random_bytes(std::size_t n);

// 32 bytes.
std::string hmac_sha256(std::string_view key, std::string_view message);

// Its duration depends on the lengths alone.
bool same_secret(std::string_view a, std::string_view b) noexcept;

std::string to_base64url(std::string_view bytes);
// nullopt: the text is not what to_base64url() makes of any bytes.
std::optional<std::string> from_base64url(std::string_view text);

}  // namespace streamdemo::base
