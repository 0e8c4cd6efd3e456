// One message of a client on /api/stream, parsed and checked. Pure.
#pragma once
#include <streamdemo/base/clock.hpp>

#include <optional>
#include <string>

#include "gateway/api/problem.hpp"

namespace streamdemo::gateway {

struct stream_message {
  enum class action { submit, subscribe, unsubscribe, cancel, authenticate };
  action what = action::subscribe;
  std::string ref;         // the client's own name for the message, as JSON text; empty: none
  std::string request_id;  // the task's id; empty for authenticate, and for submit until multi_source makes it
  std::int64_t after = 0;  // submit, subscribe: the cursor
  // submit:
  std::string kind;
  std::string payload;
  std::string key;  // idempotency key; empty: none
  std::optional<base::milliseconds> deadline;
  // authenticate:
  std::string token;
};

std::string_view to_string(stream_message::action a) noexcept;

// What is known of a message that is refused.
struct bad_stream_message {
  refusal why;
  std::string_view to;     // the action's name; empty: it could not be read, and the socket is closed
  std::string ref;         // as in stream_message
  std::string request_id;  // as in stream_message
};

boost::system::result<stream_message, bad_stream_message> parse_stream_message(std::string_view text,
                                                                               base::milliseconds max_deadline);

}  // namespace streamdemo::gateway
