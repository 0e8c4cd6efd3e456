// Splits a stream of bytes into lines, with a limit on the length of a line. LF and CRLF end a line. Pure.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace streamdemo::processor {

class line_splitter {
 public:
  enum class overlong {
    refuse,  // a line over the limit ends the splitting
    cut,     // a line over the limit is returned in pieces
  };
  line_splitter(std::size_t max_line, overlong what) : max_line_(max_line), overlong_(what) {}

  // Adds bytes. Before adding more, call next() until it returns nullopt.
  void add(std::string_view bytes);
  // No more bytes will follow: the last line counts even without a line end.
  void finish() noexcept { finished_ = true; }

  std::optional<std::string> next();
  // A line exceeded the limit; next() returns no more lines.
  bool refused() const noexcept { return refused_; }

 private:
  std::string take(std::size_t size, std::size_t terminator);

  const std::size_t max_line_;
  const overlong overlong_;
  std::string buffer_;
  std::size_t start_ = 0;    // the first byte that was not returned yet
  std::size_t scanned_ = 0;  // there is no line end between start_ and here
  bool finished_ = false;
  bool refused_ = false;
};

}  // namespace streamdemo::processor
