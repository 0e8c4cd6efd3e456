// Writes WebSocket frames (RFC 6455 section 5) as a server does: never masked, never fragmented. Pure.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace streamdemo::http::websocket {

enum class opcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

constexpr bool is_control(opcode o) noexcept {
  return static_cast<std::uint8_t>(o) >= 8;
}

// Close codes (section 7.4.1) that this server sends by itself.
namespace close_code {
inline constexpr std::uint16_t normal = 1000;
inline constexpr std::uint16_t protocol_error = 1002;
inline constexpr std::uint16_t unsupported = 1003;  // binary messages
inline constexpr std::uint16_t none = 1005;         // never on the wire: a close frame without a code
inline constexpr std::uint16_t not_utf8 = 1007;
inline constexpr std::uint16_t too_big = 1009;
inline constexpr std::uint16_t overloaded = 1013;
}  // namespace close_code

// Whether this code may be in a close frame.
bool is_close_code(std::uint16_t code) noexcept;

inline constexpr std::size_t max_head_bytes = 10;
inline constexpr std::size_t max_control_bytes = 125;

// Writes the head of an unfragmented message of `size` bytes, and returns the length of the head: 2, 4 or 10.
std::size_t write_head(char* out, opcode op, std::uint64_t size) noexcept;

// A whole control frame. `payload` is at most max_control_bytes.
std::string control_frame(opcode op, std::string_view payload);

// A whole close frame; close_code::none: without a code. A reason that is too long is cut between code points.
std::string close_frame(std::uint16_t code, std::string_view reason);

}  // namespace streamdemo::http::websocket
