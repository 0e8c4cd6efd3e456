#include <algorithm>
#include <streamdemo/http/event_stream.hpp>
#include <utility>

namespace streamdemo::http {

namespace {

void add(sse_frame& to, std::string_view line) {
  const auto colon = line.find(':');
  const auto name = line.substr(0, colon);
  auto value = colon == std::string_view::npos ? std::string_view{} : line.substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  if (colon == 0) to.comment = value;
  if (name == "id") to.id = value;
  if (name == "event") to.event = value;
  if (name == "retry") to.retry = value;
  if (name != "data") return;
  if (!to.data.empty()) to.data += '\n';
  to.data += value;
}

}  // namespace

void line_reader::feed(std::string_view bytes) {
  bytes_.erase(0, begin_);
  searched_ -= std::min(searched_, std::exchange(begin_, 0));
  bytes_ += bytes;
}

std::optional<std::string_view> line_reader::next() {
  const auto end = bytes_.find('\n', std::max(begin_, searched_));
  if (end == std::string::npos) {
    searched_ = bytes_.size();
    return std::nullopt;
  }
  auto line = std::string_view(bytes_).substr(begin_, end - begin_);
  if (line.ends_with('\r')) line.remove_suffix(1);
  begin_ = end + 1;
  return line;
}

std::optional<sse_frame> sse_reader::next() {
  while (const auto line = lines_.next()) {
    if (!line->empty()) {
      add(frame_, *line);
      begun_ = true;
    } else if (std::exchange(begun_, false)) {
      return std::exchange(frame_, {});
    }
  }
  return std::nullopt;
}

}  // namespace streamdemo::http
