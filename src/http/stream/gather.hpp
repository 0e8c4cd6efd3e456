// The content of one gather write: shared pieces, with a few own bytes (chunk and frame heads) between them. Pure. Each
// loop has one as scratch memory, which it reuses; what a socket does not take moves to a gather of that session.
#pragma once
#include <sys/uio.h>

#include <span>
#include <streamdemo/http/stream.hpp>

namespace streamdemo::http {

class gather {
 public:
  // Appends a copy of `bytes`.
  void own(std::string_view bytes);
  // Appends the piece without copying: its owner keeps it alive, or it is static.
  void refer(piece p);

  bool empty() const noexcept { return first_ == segments_.size(); }
  // The number of bytes that are left.
  std::size_t size() const noexcept;

  struct offer {
    std::size_t count = 0;
    std::size_t bytes = 0;
  };
  // Points `out` to the first bytes that are left. Valid until this object is changed.
  offer front(std::span<iovec> out) const noexcept;
  // The first `bytes` were sent: removes them, and releases pieces that were sent completely.
  void advance(std::size_t bytes) noexcept;

  // Moves what is left to a new object that has no spare capacity; this one is empty then.
  gather take_rest();
  // Removes everything and keeps the memory.
  void clear() noexcept;

 private:
  struct segment {
    std::shared_ptr<const void> owner;
    const char* shared = nullptr;  // null: the bytes are in text_
    std::size_t own_at = 0;        // an index into text_, not a pointer, because text_ moves when it grows
    std::size_t size = 0;
  };
  std::string_view bytes_of(const segment& s) const noexcept {
    return {s.shared != nullptr ? s.shared : text_.data() + s.own_at, s.size};
  }

  std::vector<segment> segments_;
  std::string text_;
  std::size_t first_ = 0;   // the first segment that is left
  std::size_t offset_ = 0;  // the first byte of it that is left
};

}  // namespace streamdemo::http
