// Parses WebSocket frames on the server's side (RFC 6455 section 5): masking, fragments, control frames between them,
// UTF-8, limits. Pure, without I/O: it gets bytes in any pieces and reports what they mean. While no frame or message
// is incomplete it owns no memory. One parser per stream of bytes, one thread.
#pragma once
#include <memory>

#include "http/websocket/frame.hpp"

namespace streamdemo::http::websocket {

class frame_parser {
 public:
  struct step {
    enum class kind {
      need_more,  // the input is used up
      text,       // a whole text message: `payload`
      ping,       // answer it with a pong of the same `payload`
      pong,
      close,   // the peer closes: `code` (close_code::none: it sent none), `payload` is its reason. The last step
      failed,  // the peer violated the protocol: close with `code`, `payload` says why. The last step
    };
    kind what = kind::need_more;
    std::string_view payload;  // valid until the next call, and while the input is
    std::uint16_t code = 0;
  };

  explicit frame_parser(std::uint64_t max_message_bytes) noexcept;
  ~frame_parser();
  frame_parser(frame_parser&&) noexcept;

  // Consumes bytes from [at, end), moves `at` past them, and unmasks in place. Call it until it returns need_more.
  // After the last step it consumes everything and always returns need_more.
  step next(char*& at, char* end);

  // No frame and no fragmented message is incomplete.
  bool idle() const noexcept { return partial_ == nullptr; }
  // The number of bytes that it holds of an incomplete message.
  std::size_t held() const noexcept;
  // Frees them. All further input is consumed and ignored.
  void abandon() noexcept;

 private:
  struct head;
  struct partial;

  step read_head(char*& at, char* end);
  step begin_frame(const head& h, char*& at, char* end);
  step read_payload(char*& at, char* end);
  step take_text(std::string_view bytes, bool last);
  step take_control(opcode op, std::string_view payload);
  step take_close(std::string_view payload);
  step fail(std::uint16_t code, std::string_view what);
  step refuse(const head& h);
  partial& part();

  std::uint64_t max_message_bytes_;
  bool over_ = false;
  std::unique_ptr<partial> partial_;
};

}  // namespace streamdemo::http::websocket
