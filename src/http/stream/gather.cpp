#include "http/stream/gather.hpp"

namespace streamdemo::http {

void gather::own(std::string_view bytes) {
  if (bytes.empty()) return;
  const std::size_t at = text_.size();
  text_.append(bytes);
  if (!empty() && segments_.back().shared == nullptr) {
    segments_.back().size += bytes.size();
  } else {
    segments_.push_back({nullptr, nullptr, at, bytes.size()});
  }
}

void gather::refer(piece p) {
  if (p.bytes.empty()) return;
  segments_.push_back({std::move(p.owner), p.bytes.data(), 0, p.bytes.size()});
}

std::size_t gather::size() const noexcept {
  std::size_t n = 0;
  for (std::size_t i = first_; i < segments_.size(); ++i) n += segments_[i].size;
  return n - offset_;
}

gather::offer gather::front(std::span<iovec> out) const noexcept {
  offer o;
  std::size_t skip = offset_;
  for (std::size_t i = first_; i < segments_.size() && o.count < out.size(); ++i) {
    const std::string_view b = bytes_of(segments_[i]).substr(skip);
    skip = 0;
    out[o.count++] = {const_cast<char*>(b.data()), b.size()};
    o.bytes += b.size();
  }
  return o;
}

void gather::advance(std::size_t bytes) noexcept {
  while (bytes > 0 && !empty()) {
    segment& s = segments_[first_];
    const std::size_t left = s.size - offset_;
    if (bytes < left) {
      offset_ += bytes;
      return;
    }
    bytes -= left;
    offset_ = 0;
    s.owner.reset();
    ++first_;
  }
}

gather gather::take_rest() {
  gather rest;
  rest.segments_.reserve(segments_.size() - first_);
  std::size_t own_bytes = 0;
  for (std::size_t i = first_; i < segments_.size(); ++i) {
    if (segments_[i].shared == nullptr) own_bytes += segments_[i].size;
  }
  rest.text_.reserve(own_bytes);
  for (std::size_t i = first_; i < segments_.size(); ++i) {
    segment& s = segments_[i];
    if (s.shared == nullptr) {
      const std::size_t at = rest.text_.size();
      rest.text_.append(bytes_of(s));
      s.own_at = at;
    }
    rest.segments_.push_back(std::move(s));
  }
  rest.offset_ = offset_;
  clear();
  return rest;
}

void gather::clear() noexcept {
  segments_.clear();
  text_.clear();
  first_ = 0;
  offset_ = 0;
}

}  // namespace streamdemo::http
