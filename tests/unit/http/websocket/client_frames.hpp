// What a client may send, well-formed or not, and what the parser makes of it.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "http/websocket/frame_parser.hpp"

namespace streamdemo::http::websocket {

struct client_frame {
  std::uint8_t op = 1;
  std::string payload{};
  bool fin = true;
  std::uint8_t reserved = 0;  // bits 0x40, 0x20, 0x10
  bool masked = true;
  int length_bytes = -1;  // 0, 2 or 8; -1: the fewest
  std::uint32_t key = 0x37fa213d;
};

inline std::string bytes_of(const client_frame& f) {
  const std::size_t size = f.payload.size();
  const int length_bytes = f.length_bytes >= 0 ? f.length_bytes : size < 126 ? 0 : size <= 0xffff ? 2 : 8;
  std::string out;
  out += static_cast<char>((f.fin ? 0x80 : 0) | f.reserved | f.op);
  const std::uint8_t code = length_bytes == 0 ? static_cast<std::uint8_t>(size) : length_bytes == 2 ? 126 : 127;
  out += static_cast<char>((f.masked ? 0x80 : 0) | code);
  for (int i = length_bytes - 1; i >= 0; --i) out += static_cast<char>(std::uint64_t{size} >> (8 * i));
  char key[4];
  for (int i = 0; i < 4; ++i) key[i] = static_cast<char>(f.key >> (24 - 8 * i));
  if (f.masked) out.append(key, 4);
  for (std::size_t i = 0; i < size; ++i) out += f.masked ? static_cast<char>(f.payload[i] ^ key[i % 4]) : f.payload[i];
  return out;
}

inline std::string text(std::string payload) {
  return bytes_of({.payload = std::move(payload)});
}
inline std::string part(std::uint8_t op, std::string payload, bool fin) {
  return bytes_of({.op = op, .payload = std::move(payload), .fin = fin});
}
inline std::string control(opcode op, std::string payload = {}) {
  return bytes_of({.op = static_cast<std::uint8_t>(op), .payload = std::move(payload)});
}
inline std::string close_with(std::uint16_t code, const std::string& reason = {}) {
  return control(opcode::close, std::string{static_cast<char>(code >> 8), static_cast<char>(code)} + reason);
}

using outcomes = std::vector<std::string>;

// Feeds one input; "text:hello", "ping:x", "pong:x", "close:1000:bye", "failed:1002".
inline void feed(frame_parser& p, std::string input, outcomes& out) {
  char* at = input.data();
  char* const end = at + input.size();
  while (true) {
    const frame_parser::step s = p.next(at, end);
    using kind = frame_parser::step::kind;
    const std::string payload{s.payload};
    switch (s.what) {
      case kind::need_more:
        return;
      case kind::text:
        out.push_back("text:" + payload);
        break;
      case kind::ping:
        out.push_back("ping:" + payload);
        break;
      case kind::pong:
        out.push_back("pong:" + payload);
        break;
      case kind::close:
        out.push_back("close:" + std::to_string(s.code) + ":" + payload);
        break;
      case kind::failed:
        out.push_back("failed:" + std::to_string(s.code));
        break;
    }
  }
}

// Cut at the given places, in ascending order.
inline outcomes read_in_parts(const std::string& bytes, const std::vector<std::size_t>& cuts, std::uint64_t limit) {
  frame_parser p{limit};
  outcomes out;
  std::size_t from = 0;
  for (const std::size_t cut : cuts) {
    feed(p, bytes.substr(from, cut - from), out);
    from = cut;
  }
  feed(p, bytes.substr(from), out);
  return out;
}

}  // namespace streamdemo::http::websocket
