// Keeps the last bytes that a child wrote to its standard error, for the message that explains its failure. Pure.
#pragma once
#include <string>
#include <string_view>

namespace streamdemo::processor {

class tail {
 public:
  void add(std::string_view bytes) {
    text_.append(bytes);
    if (text_.size() > 2 * keep) text_.erase(0, text_.size() - keep);
  }
  bool empty() const noexcept { return text_.empty(); }
  const std::string& text() const noexcept { return text_; }

  // The last line that is not blank; empty: there is none.
  std::string_view last_line() const noexcept {
    std::string_view t = text_;
    const auto end = t.find_last_not_of(" \t\r\n");
    if (end == std::string_view::npos) return {};
    t = t.substr(0, end + 1);
    const auto newline = t.find_last_of("\r\n");
    return newline == std::string_view::npos ? t : t.substr(newline + 1);
  }

 private:
  static constexpr std::size_t keep = 4096;
  std::string text_;
};

}  // namespace streamdemo::processor
