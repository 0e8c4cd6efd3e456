// The client's side of text streams: server-sent events (WHATWG HTML, 9.2.6) and JSON lines, for tools and tests. Input
// may come in any pieces; a line ends with LF or CRLF. Pure. An incomplete line is kept without a bound, so use this
// only with a server that you trust.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace streamdemo::http {

class line_reader {
 public:
  void feed(std::string_view bytes);
  // The next line without its line end; nullopt: it is not complete yet. Valid until the next call of feed().
  std::optional<std::string_view> next();

 private:
  std::string bytes_;
  std::size_t begin_ = 0;     // where the next line begins
  std::size_t searched_ = 0;  // there is no line end between begin_ and here
};

// The fields between two empty lines. With `data` it is an event.
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
