// The server's side of reading WebSocket frames (RFC 6455 section 5): masking, fragments, control frames between them,
// UTF-8, limits. Sans-io and pure: it is fed bytes in any splits and says what they mean. While nothing is half-read it
// owns no memory. One stream of bytes, one thread.
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
      close,   // the peer closes: `code` (close_code::none: it gave none), `payload` is its reason. The last step
      failed,  // the peer broke the rules: close with `code`, `payload` says what. The last step
    };
    kind what = kind::need_more;
    std::string_view payload;  // valid until the next call, and while the input is
    std::uint16_t code = 0;
  };

  explicit frame_parser(std::uint64_t max_message_bytes) noexcept;
  ~frame_parser();
  frame_parser(frame_parser&&) noexcept;

  // Takes from [at, end), moves `at` past what it took, and unmasks in place. Call it until it needs more. After the
  // last step it takes everything and needs more for ever.
  step next(char*& at, char* end);

  // Nothing is half-read: no frame, no fragmented message.
  bool idle() const noexcept { return partial_ == nullptr; }
  // Bytes that it holds of a message that is half-read.
  std::size_t held() const noexcept;
  // Lets go of them: whatever comes from here on is taken and means nothing.
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
