// What one gather write sends: pieces shared with others and a few own bytes between them (chunk and frame heads).
// Pure. As a scratch per loop it keeps its memory from write to write; what a socket refuses moves into one of its own.
#pragma once
#include <sys/uio.h>

#include <span>
#include <streamdemo/http/stream.hpp>

namespace streamdemo::http {

class gather {
 public:
  // A copy of `bytes`.
  void own(std::string_view bytes);
  // Not copied: kept alive by its owner, or static.
  void refer(piece p);

  bool empty() const noexcept { return first_ == segments_.size(); }
  // Bytes that are left.
  std::size_t size() const noexcept;

  struct offer {
    std::size_t count = 0;
    std::size_t bytes = 0;
  };
  // Fills `out` with the first bytes that are left; they stay where they are until this object is changed.
  offer front(std::span<iovec> out) const noexcept;
  // The first `bytes` are sent: lets go of the pieces they end.
  void advance(std::size_t bytes) noexcept;

  // Moves what is left into an object that takes no more memory than it needs; this one is empty then.
  gather take_rest();
  // Empty, memory kept.
  void clear() noexcept;

 private:
  struct segment {
    std::shared_ptr<const void> owner;
    const char* shared = nullptr;  // null: the bytes are our own
    std::size_t own_at = 0;        // then where in text_, which moves as it grows
    std::size_t size = 0;
  };
  std::string_view bytes_of(const segment& s) const noexcept {
    return {s.shared != nullptr ? s.shared : text_.data() + s.own_at, s.size};
  }

  std::vector<segment> segments_;
  std::string text_;
  std::size_t first_ = 0;   // segment
  std::size_t offset_ = 0;  // in the first segment
};

}  // namespace streamdemo::http
