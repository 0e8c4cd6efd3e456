// Reads a task's events over any transport, one at a time, as a client with one cursor would.
#pragma once
#include <streamdemo/http/event_stream.hpp>

#include <deque>
#include <optional>
#include <string>

#include "integration/app_fixture.hpp"

namespace streamdemo::test {

enum class transport { poll, long_poll, sse, json_lines, websocket };

// One connection of one transport, from one cursor on.
class stream_reader {
 public:
  stream_reader(base::executor ex, std::uint16_t port, transport t, std::string id, std::int64_t after);

  // The next event object (or signal with a type, such as "gap"), byte for byte; nothing at a clean end. Throws when
  // the stream is cut.
  base::awaitable<std::optional<std::string>> next();

 private:
  base::awaitable<void> open();
  base::awaitable<void> fill();
  base::awaitable<void> poll();

  caller caller_;
  transport transport_;
  std::string id_;
  std::int64_t cursor_;
  bool opened_ = false;
  bool ended_ = false;
  http::sse_reader sse_;
  http::line_reader lines_;
  std::deque<std::string> ready_;
};

}  // namespace streamdemo::test
