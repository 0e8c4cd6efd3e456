#include "bench/load/event_counter.hpp"

#include <algorithm>

namespace bench {

namespace {
constexpr std::string_view line = "\nevent: ";
constexpr std::string_view member = "{\"type\":\"";
constexpr std::size_t longest_type = 16;
}  // namespace

void event_counter::take(std::string_view type) {
  if (type.starts_with("gap")) {
    gap_ = true;
    return;
  }
  if (type.starts_with("queued") || type.starts_with("reconnect") || type.starts_with("error")) return;
  ++all_;
  if (type.starts_with("result")) ++results_;
  if (type.starts_with("ended")) ended_ = true;
}

void event_counter::feed(std::string_view bytes) {
  bytes_ += bytes.size();
  if (in_head_) {
    carry_.append(bytes);
    const std::size_t end = carry_.find("\r\n\r\n");
    if (end == std::string::npos) return;
    in_head_ = false;
    const std::string rest = carry_.substr(end + 4);
    carry_.clear();
    bytes_ = rest.size();
    if (rest.empty()) return;
    return websocket_ ? feed_frames(rest) : feed_sse(rest);
  }
  if (websocket_) {
    feed_frames(bytes);
  } else {
    feed_sse(bytes);
  }
}

// What may be the beginning of a line that is not whole yet is carried over, and only that is ever copied.
void event_counter::feed_sse(std::string_view bytes) {
  if (!carry_.empty()) {
    const std::size_t need = line.size() + longest_type;
    const std::size_t more = std::min(bytes.size(), need);
    std::string joint = carry_;
    joint.append(bytes.substr(0, more));
    const std::size_t at = joint.find(line);
    if (at != std::string::npos && at < carry_.size()) {
      if (joint.size() < at + need && more == bytes.size()) {
        carry_ = joint.substr(at);
        return;
      }
      take(std::string_view{joint}.substr(at + line.size()));
    } else if (more == bytes.size() && joint.size() < need) {
      carry_ = joint;
      return;
    }
    carry_.clear();
  }
  std::size_t at = 0;
  while ((at = bytes.find(line, at)) != std::string_view::npos) {
    if (bytes.size() - at < line.size() + longest_type) {
      carry_ = bytes.substr(at);
      return;
    }
    take(bytes.substr(at + line.size(), longest_type));
    at += line.size();
  }
  for (std::size_t n = std::min(line.size() - 1, bytes.size()); n > 0; --n) {
    if (line.starts_with(bytes.substr(bytes.size() - n))) {
      carry_ = bytes.substr(bytes.size() - n);
      return;
    }
  }
}

void event_counter::feed_frames(std::string_view bytes) {
  std::string joint;
  if (!carry_.empty()) {
    joint = std::move(carry_);
    carry_.clear();
    joint.append(bytes);
    bytes = joint;
  }
  while (!bytes.empty()) {
    if (skip_ != 0) {
      const std::size_t n = std::min<std::uint64_t>(skip_, bytes.size());
      bytes.remove_prefix(n);
      skip_ -= n;
      continue;
    }
    const std::size_t code = bytes.size() < 2 ? 0 : static_cast<std::uint8_t>(bytes[1]);
    const std::size_t head = code == 126 ? 4 : code == 127 ? 10 : 2;
    if (bytes.size() < 2 || bytes.size() < head) break;
    std::uint64_t size = code < 126 ? code : 0;
    for (std::size_t i = 2; i < head; ++i) size = (size << 8) | static_cast<std::uint8_t>(bytes[i]);
    const std::size_t prefix = std::min<std::uint64_t>(size, member.size() + longest_type);
    if (bytes.size() < head + prefix) break;
    const std::string_view start = bytes.substr(head, prefix);
    if ((bytes[0] & 0x0f) == 1 && start.starts_with(member)) take(start.substr(member.size()));
    bytes.remove_prefix(head);
    skip_ = size;
  }
  carry_ = std::string{bytes};
}

}  // namespace bench
