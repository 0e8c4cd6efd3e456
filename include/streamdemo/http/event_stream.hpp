// The client's side of streams of text: server-sent events (WHATWG HTML, 9.2.6) and JSON lines, for tools and tests.
// Fed in any pieces; a line ends with LF or CRLF. Pure. What is not whole yet is kept, however long: it is as large as
// what one trusts the server to send.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace streamdemo::http {

class line_reader {
 public:
  void feed(std::string_view bytes);
  // Without its end; nothing: it is not whole yet. Valid until the next call of feed().
  std::optional<std::string_view> next();

 private:
  std::string bytes_;
  std::size_t begin_ = 0;     // of the next line
  std::size_t searched_ = 0;  // before here is no line end
};

// What stands between two empty lines: an event, or, without `data`, fields alone.
struct sse_frame {
  std::string id, event, data, retry, comment;
};

class sse_reader {
 public:
  void feed(std::string_view bytes) { lines_.feed(bytes); }
  std::optional<sse_frame> next();

 private:
  line_reader lines_;
  sse_frame frame_;
  bool begun_ = false;
};

}  // namespace streamdemo::http
