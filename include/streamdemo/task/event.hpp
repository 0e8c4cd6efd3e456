// One entry of a history. It is serialised once, when it is added, and shared by all clients on all transports.
// Immutable, thread-safe.
#pragma once
#include <streamdemo/task/message.hpp>

#include <memory>

namespace streamdemo::task {

class event {
 public:
  std::int64_t seq() const noexcept { return seq_; }
  message_type type() const noexcept { return type_; }

  // "id: N\nevent: T\ndata: {json}\n\n" (WHATWG HTML, server-sent events).
  std::string_view sse() const noexcept { return text_; }
  // "{json}\n": the end of sse() without its last byte.
  std::string_view json_line() const noexcept { return {text_.data() + json_at_, text_.size() - json_at_ - 1}; }
  // "{json}": the event object, the same bytes on every transport.
  std::string_view json() const noexcept { return {text_.data() + json_at_, text_.size() - json_at_ - 2}; }

  // The bytes that count against `results.max_bytes`.
  std::size_t bytes() const noexcept { return sizeof(event) + text_.capacity() + 48; }

 private:
  friend std::shared_ptr<const event> make_event(const struct event_fields& f);
  friend std::shared_ptr<const event> event_of(std::string sse);
  std::int64_t seq_ = 0;
  message_type type_ = message_type::result;
  std::uint32_t json_at_ = 0;
  std::string text_;
};

using event_ptr = std::shared_ptr<const event>;

struct event_fields {
  message_type type;
  std::string_view request_id;
  std::int64_t seq;
  int attempt;
  sys_time time;      // the sender's
  sys_time log_time;  // the bus's
  std::string_view source;
  std::optional<bool> resumed;  // `started` only
  std::string_view content_type;
  std::string_view payload;
};

// A JSON payload becomes `data` unchanged, except that raw line breaks become spaces. text/*, and a payload that claims
// to be JSON and is not, become a string if they are UTF-8. An empty payload becomes null. Anything else becomes
// `data_base64` with `content_type`.
event_ptr make_event(const event_fields& f);

// The event whose sse() was `sse`; nullptr: it was none.
event_ptr event_of(std::string sse);

}  // namespace streamdemo::task
