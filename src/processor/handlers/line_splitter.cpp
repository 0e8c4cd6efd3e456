#include "processor/handlers/line_splitter.hpp"

namespace streamdemo::processor {

void line_splitter::add(std::string_view bytes) {
  buffer_.erase(0, start_);
  scanned_ -= start_;
  start_ = 0;
  buffer_.append(bytes);
}

std::string line_splitter::take(std::size_t size, std::size_t terminator) {
  auto line = buffer_.substr(start_, size);
  start_ += size + terminator;
  scanned_ = start_;
  return line;
}

std::optional<std::string> line_splitter::next() {
  if (refused_) return std::nullopt;
  const auto newline = buffer_.find('\n', scanned_);
  const bool ended = newline != std::string::npos;
  const auto size = (ended ? newline : buffer_.size()) - start_;
  // A carriage return at the end of the buffer may be the first half of CRLF, so it does not count as content yet.
  const bool carriage = size > 0 && buffer_[start_ + size - 1] == '\r';
  const auto content = carriage ? size - 1 : size;
  if (content > max_line_) {
    if (overlong_ == overlong::cut) return take(max_line_, 0);
    refused_ = true;
    return std::nullopt;
  }
  if (ended) return take(content, carriage ? 2 : 1);
  if (finished_ && size > 0) return take(content, carriage ? 1 : 0);
  scanned_ = buffer_.size();
  return std::nullopt;
}

}  // namespace streamdemo::processor
