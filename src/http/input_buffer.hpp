// Bytes of a connection that were read and not used yet. It is almost always empty and then holds at most 512 bytes.
#pragma once
#include <string>
#include <string_view>

namespace streamdemo::http {

class input_buffer {
 public:
  std::string_view view() const noexcept { return std::string_view{bytes_}.substr(begin_); }
  bool empty() const noexcept { return begin_ == bytes_.size(); }
  std::size_t size() const noexcept { return bytes_.size() - begin_; }
  std::size_t capacity() const noexcept { return bytes_.capacity(); }

  void append(std::string_view more) {
    if (begin_ > 0 && bytes_.size() + more.size() > bytes_.capacity()) {
      bytes_.erase(0, begin_);
      begin_ = 0;
    }
    bytes_ += more;
  }

  void consume(std::size_t n) {
    begin_ += n;
    if (!empty()) return;
    begin_ = 0;
    if (bytes_.capacity() > keep) {
      std::string().swap(bytes_);  // clear() and assignment would keep the memory
    } else {
      bytes_.clear();
    }
  }

  std::string take() {
    std::string out(view());
    forget();
    return out;
  }

  // Drops all bytes and frees the memory.
  void forget() noexcept {
    std::string().swap(bytes_);
    begin_ = 0;
  }

 private:
  static constexpr std::size_t keep = 512;  // how much capacity an idle connection may keep
  std::string bytes_;
  std::size_t begin_ = 0;
};

}  // namespace streamdemo::http
