// Ids: random ones that nobody can guess, and ones derived from a text, which are the same in every process.
// Thread-safe.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <streamdemo/base/mixed.hpp>
#include <string>
#include <string_view>

namespace streamdemo::base {

// A random UUID (RFC 9562, version 4) from the system's entropy, 36 characters, lower case.
std::string random_id();

// A UUID (version 8) from the SHA-256 of `space`, a zero byte and `name`.
std::string derived_id(std::string_view space, std::string_view name);

// A UUID (version 8) from the first 16 bytes of a digest.
std::string id_of_digest(std::string_view digest);

// True for exactly 36 characters: lower-case hex in groups of 8-4-4-4-12.
bool is_id(std::string_view text) noexcept;

// An id in less than half of the memory.
using id_bytes = std::array<std::uint8_t, 16>;
// nullopt: it is no id.
std::optional<id_bytes> bytes_of_id(std::string_view text) noexcept;
std::string text_of_id(const id_bytes& bytes);
void append_id(std::string& out, const id_bytes& bytes);

struct id_bytes_hash {
  std::size_t operator()(const id_bytes& bytes) const noexcept {
    return mixed({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  }
};

}  // namespace streamdemo::base
