#include "http/websocket/frame_parser.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "http/websocket/utf8_check.hpp"

namespace streamdemo::http::websocket {

namespace {

constexpr std::size_t max_client_head_bytes = 14;
using mask_key = std::array<char, 4>;

// `offset`: the position of `data` in the frame's payload.
void unmask(char* data, std::size_t size, const mask_key& key, std::uint64_t offset) noexcept {
  mask_key turned;
  for (std::size_t i = 0; i < 4; ++i) turned[i] = key[(offset + i) % 4];
  std::uint32_t half;
  std::memcpy(&half, turned.data(), 4);
  const std::uint64_t word = (std::uint64_t{half} << 32) | half;
  std::size_t i = 0;
  for (; i + 8 <= size; i += 8) {
    std::uint64_t bytes;
    std::memcpy(&bytes, data + i, 8);
    bytes ^= word;
    std::memcpy(data + i, &bytes, 8);
  }
  for (; i < size; ++i) data[i] = static_cast<char>(data[i] ^ turned[i % 4]);
}

}  // namespace

// The complete head of a frame.
struct frame_parser::head {
  bool fin = false;
  std::uint8_t reserved = 0;
  std::uint8_t op = 0;
  bool masked = false;
  std::uint8_t length_code = 0;
  std::uint64_t length = 0;
  mask_key key{};

  // The length of the head, which its second byte determines.
  static std::size_t size(char second) noexcept {
    const std::uint8_t code = static_cast<std::uint8_t>(second) & 0x7fU;
    const bool has_key = (static_cast<std::uint8_t>(second) & 0x80U) != 0;
    return std::size_t{2} + (code == 126 ? 2U : code == 127 ? 8U : 0U) + (has_key ? 4U : 0U);
  }

  static head parse(const char* bytes) noexcept {
    head h;
    const auto first = static_cast<std::uint8_t>(bytes[0]);
    const auto second = static_cast<std::uint8_t>(bytes[1]);
    h.fin = (first & 0x80U) != 0;
    h.reserved = first & 0x70U;
    h.op = first & 0x0fU;
    h.masked = (second & 0x80U) != 0;
    h.length_code = second & 0x7fU;
    h.length = h.length_code;
    const std::size_t length_bytes = h.length_code == 126 ? 2 : h.length_code == 127 ? 8 : 0;
    if (length_bytes != 0) h.length = 0;
    for (std::size_t i = 0; i < length_bytes; ++i) {
      h.length = (h.length << 8) | static_cast<std::uint8_t>(bytes[2 + i]);
    }
    if (h.masked) std::memcpy(h.key.data(), bytes + 2 + length_bytes, h.key.size());
    return h;
  }
};

// The state between two calls while a frame or message is incomplete.
struct frame_parser::partial {
  std::array<char, max_client_head_bytes> head_bytes;
  std::uint8_t head_size = 0;

  bool in_payload = false;  // a head was read, and `rest` bytes of its payload are missing
  bool fin = false;
  opcode op = opcode::continuation;
  mask_key key{};
  std::uint64_t taken = 0;
  std::uint64_t rest = 0;

  bool in_message = false;  // a text message has begun, and its last frame has not ended
  std::string message;
  utf8_check utf8;

  std::string control;
  bool message_given = false;  // `message` was returned: drop it at the next call
  bool control_given = false;

  bool needed() const noexcept { return head_size != 0 || in_payload || in_message; }
};

frame_parser::frame_parser(std::uint64_t max_message_bytes) noexcept : max_message_bytes_(max_message_bytes) {}
frame_parser::~frame_parser() = default;
frame_parser::frame_parser(frame_parser&&) noexcept = default;

std::size_t frame_parser::held() const noexcept {
  return partial_ && !partial_->message_given ? partial_->message.capacity() : 0;
}

void frame_parser::abandon() noexcept {
  over_ = true;
  partial_.reset();
}

frame_parser::partial& frame_parser::part() {
  if (!partial_) partial_ = std::make_unique<partial>();
  return *partial_;
}

frame_parser::step frame_parser::fail(std::uint16_t code, std::string_view what) {
  abandon();
  return {step::kind::failed, what, code};
}

frame_parser::step frame_parser::next(char*& at, char* end) {
  if (partial_) {
    if (partial_->control_given) partial_->control.clear();
    if (partial_->message_given) {
      std::string().swap(partial_->message);
      partial_->utf8 = {};
    }
    partial_->control_given = partial_->message_given = false;
    if (!partial_->needed()) partial_.reset();
  }
  if (over_) {
    at = end;
    return {};
  }
  while (true) {
    const step s = partial_ && partial_->in_payload ? read_payload(at, end) : read_head(at, end);
    // Between the frames of one message there is no step to report, so continue.
    if (s.what != step::kind::need_more || at == end) return s;
  }
}

frame_parser::step frame_parser::read_head(char*& at, char* end) {
  const std::size_t kept = partial_ ? partial_->head_size : 0;
  std::array<char, max_client_head_bytes> bytes{};
  if (kept != 0) std::memcpy(bytes.data(), partial_->head_bytes.data(), kept);
  std::size_t have = kept;
  std::size_t size = have >= 2 ? head::size(bytes[1]) : 2;
  while (have < size && at != end) {
    bytes[have++] = *at++;
    if (have == 2) size = head::size(bytes[1]);
  }
  if (have >= 2) {
    // Report an error in the first two bytes without waiting for the rest of the head.
    head early = head::parse(bytes.data());
    if (have < size) early.length = 0;
    if (step bad = refuse(early); bad.what == step::kind::failed) return bad;
  }
  if (have < size) {
    if (have != 0) {
      std::copy_n(bytes.begin(), have, part().head_bytes.begin());
      partial_->head_size = static_cast<std::uint8_t>(have);
    }
    return {};
  }
  if (partial_) partial_->head_size = 0;
  const head h = head::parse(bytes.data());
  if (h.length_code == 126 && h.length < 126) return fail(close_code::protocol_error, "length is not minimal");
  if (h.length_code == 127 && h.length <= 0xffff) return fail(close_code::protocol_error, "length is not minimal");
  return begin_frame(h, at, end);
}

// Checks a head for protocol errors. An incomplete head has the length 0.
frame_parser::step frame_parser::refuse(const head& h) {
  constexpr std::uint16_t broken = close_code::protocol_error;
  if (h.reserved != 0) return fail(broken, "a reserved bit is set");
  if (!h.masked) return fail(broken, "frame is not masked");
  const auto op = static_cast<opcode>(h.op);
  const bool in_message = partial_ && partial_->in_message;
  switch (op) {
    case opcode::close:
    case opcode::ping:
    case opcode::pong:
      if (!h.fin) return fail(broken, "control frame is fragmented");
      if (h.length_code > max_control_bytes) return fail(broken, "control frame is longer than 125 bytes");
      return {};
    case opcode::continuation:
      if (!in_message) return fail(broken, "continuation of no message");
      break;
    case opcode::text:
      if (in_message) return fail(broken, "message begins inside another");
      break;
    case opcode::binary:
      if (in_message) return fail(broken, "message begins inside another");
      return fail(close_code::unsupported, "binary messages are not taken");
    default:
      return fail(broken, "reserved opcode");
  }
  if (h.length >> 63U != 0) return fail(broken, "length has its highest bit set");
  const std::uint64_t so_far = in_message ? partial_->message.size() : 0;
  if (h.length > max_message_bytes_ - std::min(so_far, max_message_bytes_)) {
    return fail(close_code::too_big, "message is too big");
  }
  return {};
}

frame_parser::step frame_parser::begin_frame(const head& h, char*& at, char* end) {
  const auto op = static_cast<opcode>(h.op);
  const bool whole = static_cast<std::uint64_t>(end - at) >= h.length;
  if (whole && is_control(op)) {
    const std::string_view payload{at, static_cast<std::size_t>(h.length)};
    unmask(at, payload.size(), h.key, 0);
    at += payload.size();
    return take_control(op, payload);
  }
  if (whole && op == opcode::text && h.fin) {
    // The common case, a whole message in the input: return it without a copy.
    const std::string_view payload{at, static_cast<std::size_t>(h.length)};
    unmask(at, payload.size(), h.key, 0);
    at += payload.size();
    if (!is_utf8(payload)) return fail(close_code::not_utf8, "text is not UTF-8");
    return {step::kind::text, payload, 0};
  }
  partial& p = part();
  p.in_payload = true;
  p.fin = h.fin;
  p.op = op;
  p.key = h.key;
  p.taken = 0;
  p.rest = h.length;
  if (!is_control(op)) p.in_message = true;
  return read_payload(at, end);
}

frame_parser::step frame_parser::read_payload(char*& at, char* end) {
  partial& p = *partial_;
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(p.rest, static_cast<std::uint64_t>(end - at)));
  unmask(at, size, p.key, p.taken);
  const std::string_view bytes{at, size};
  at += size;
  p.taken += size;
  p.rest -= size;
  p.in_payload = p.rest != 0;
  if (!is_control(p.op)) return take_text(bytes, !p.in_payload && p.fin);
  p.control.append(bytes);
  if (p.in_payload) return {};
  p.control_given = true;
  return take_control(p.op, p.control);
}

frame_parser::step frame_parser::take_text(std::string_view bytes, bool last) {
  partial& p = *partial_;
  if (!p.utf8.feed(bytes)) return fail(close_code::not_utf8, "text is not UTF-8");
  p.message.append(bytes);
  if (!last) return {};
  if (!p.utf8.complete()) return fail(close_code::not_utf8, "text is not UTF-8");
  p.in_message = false;
  p.message_given = true;
  return {step::kind::text, p.message, 0};
}

frame_parser::step frame_parser::take_control(opcode op, std::string_view payload) {
  if (op == opcode::ping) return {step::kind::ping, payload, 0};
  if (op == opcode::pong) return {step::kind::pong, payload, 0};
  return take_close(payload);
}

frame_parser::step frame_parser::take_close(std::string_view payload) {
  over_ = true;
  if (payload.empty()) return {step::kind::close, {}, close_code::none};
  if (payload.size() == 1) return fail(close_code::protocol_error, "close frame with half a code");
  const auto code =
      static_cast<std::uint16_t>((static_cast<std::uint8_t>(payload[0]) << 8U) | static_cast<std::uint8_t>(payload[1]));
  const std::string_view reason = payload.substr(2);
  if (!is_close_code(code)) return fail(close_code::protocol_error, "close code is not allowed");
  if (!is_utf8(reason)) return fail(close_code::not_utf8, "close reason is not UTF-8");
  return {step::kind::close, reason, code};
}

}  // namespace streamdemo::http::websocket
