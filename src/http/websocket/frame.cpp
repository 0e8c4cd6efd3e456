#include "http/websocket/frame.hpp"

#include <array>

namespace streamdemo::http::websocket {

bool is_close_code(std::uint16_t code) noexcept {
  if (code >= 3000 && code <= 4999) return true;
  // 1004 is reserved; 1005, 1006 and 1015 are only for reports inside a program and never in a frame.
  return code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006;
}

std::size_t write_head(char* out, opcode op, std::uint64_t size) noexcept {
  out[0] = static_cast<char>(0x80U | static_cast<std::uint8_t>(op));
  if (size < 126) {
    out[1] = static_cast<char>(size);
    return 2;
  }
  const std::size_t length_bytes = size <= 0xffff ? 2 : 8;
  out[1] = static_cast<char>(length_bytes == 2 ? 126 : 127);
  for (std::size_t i = 0; i < length_bytes; ++i) {
    out[2 + i] = static_cast<char>(size >> (8 * (length_bytes - 1 - i)));
  }
  return 2 + length_bytes;
}

std::string control_frame(opcode op, std::string_view payload) {
  std::array<char, max_head_bytes> head;
  std::string out;
  out.reserve(2 + payload.size());
  out.append(head.data(), write_head(head.data(), op, payload.size()));
  out.append(payload);
  return out;
}

std::string close_frame(std::uint16_t code, std::string_view reason) {
  if (code == close_code::none) return control_frame(opcode::close, {});
  std::size_t size = reason.size();
  if (size > max_control_bytes - 2) {
    size = max_control_bytes - 2;
    while (size > 0 && (static_cast<unsigned char>(reason[size]) & 0xc0U) == 0x80U) --size;
  }
  std::string payload{static_cast<char>(code >> 8), static_cast<char>(code)};
  payload.append(reason.substr(0, size));
  return control_frame(opcode::close, payload);
}

}  // namespace streamdemo::http::websocket
