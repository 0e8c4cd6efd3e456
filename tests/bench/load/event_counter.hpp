// Counts the events in the bytes of one stream, in any splits, at the cost of a search. SSE: by their `event:` lines;
// WebSocket: by frames whose JSON begins with the type.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace bench {

class event_counter {
 public:
  explicit event_counter(bool websocket) : websocket_(websocket) {}

  void feed(std::string_view bytes);

  std::uint64_t all() const { return all_; }
  std::uint64_t results() const { return results_; }
  bool saw_gap() const { return gap_; }
  bool ended() const { return ended_; }
  // The answer's head is whole.
  bool upgraded() const { return !in_head_; }
  std::uint64_t bytes() const { return bytes_; }

 private:
  void feed_sse(std::string_view bytes);
  void feed_frames(std::string_view bytes);
  void take(std::string_view type);

  bool websocket_;
  bool in_head_ = true;
  bool gap_ = false;
  bool ended_ = false;
  std::string carry_;
  std::uint64_t skip_ = 0;  // of the frame's payload
  std::uint64_t all_ = 0;
  std::uint64_t results_ = 0;
  std::uint64_t bytes_ = 0;
};

}  // namespace bench
