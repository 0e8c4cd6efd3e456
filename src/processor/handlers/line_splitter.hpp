// Cuts a stream of bytes into lines, with a limit on the memory of an unfinished one. LF and CRLF end a line. Pure.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace streamdemo::processor {

class line_splitter {
 public:
  enum class overlong {
    refuse,  // a line over the limit ends it all
    cut,     // it comes in pieces
  };
  line_splitter(std::size_t max_line, overlong what) : max_line_(max_line), overlong_(what) {}

  // Takes the next bytes; call next() until it gives nothing before adding more.
  void add(std::string_view bytes);
  // No more bytes will come: the last line counts without its end.
  void finish() noexcept { finished_ = true; }

  std::optional<std::string> next();
  // A line was over the limit and refused; next() gives nothing more.
  bool refused() const noexcept { return refused_; }

 private:
  std::string take(std::size_t size, std::size_t terminator);

  const std::size_t max_line_;
  const overlong overlong_;
  std::string buffer_;
  std::size_t start_ = 0;    // of what was not given yet
  std::size_t scanned_ = 0;  // up to here no line end was found
  bool finished_ = false;
  bool refused_ = false;
};

}  // namespace streamdemo::processor
