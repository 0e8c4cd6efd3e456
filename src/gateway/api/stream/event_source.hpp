// The stream of one task's events: reads the history after a cursor, in the format of one transport. Owned by the
// stream session, or by a WebSocket's source that does more (submit_source, multi_source). Everything on the session's
// loop.
#pragma once
#include <streamdemo/http/stream.hpp>

#include "gateway/access/access_watch.hpp"
#include "gateway/access/places.hpp"
#include "gateway/api/stream/delivery_clock.hpp"
#include "gateway/history/histories.hpp"

namespace streamdemo::gateway {

enum class wire : std::uint8_t { sse, json_lines, websocket };

class event_source final : public http::stream_source, public watched_stream, private subscriber {
 public:
  struct options {
    std::int64_t cursor = 0;
    std::uint32_t max_events = 1000;    // per pull
    std::uint32_t retry_ms = 2000;      // SSE: how long the client waits before it reconnects
    std::uint32_t reconnect_ms = 2000;  // the same when the server restarts
    wire format = wire::sse;
  };

  // `clock` outlives it. `place`: kept until the end.
  event_source(const delivery_clock& clock, history_ptr h, options o, places::place place = {});

  void attach(http::stream_sink& sink) override;
  http::stream_state pull(std::vector<http::piece>& out, std::size_t max_bytes) override;
  http::stream_end finish() override;
  std::string_view heartbeat() const override;
  void drain() override;
  void on_expiring(base::sys_time at) override;
  void on_access_over(access_end w) override;

  std::int64_t cursor() const noexcept { return cursor_; }
  const history& of() const noexcept { return *history_; }

 private:
  // Why the stream ends before its task.
  enum class cut : std::uint8_t { none, restart, access_over, read_anew };

  void on_news() noexcept override { sink_->wake(); }

  history::batch next(std::size_t max_bytes);
  void open(std::vector<http::piece>& out);
  void gap(std::vector<http::piece>& out, std::int64_t kept_from);
  void queued(std::vector<http::piece>& out, const queue_place& p);
  // Tells the client to reconnect, and ends the stream as incomplete.
  http::stream_state reconnect(std::vector<http::piece>& out, cut why, std::uint32_t after_ms);
  std::string_view why_cut() const noexcept;
  // `fields`: more SSE fields, before the event's name.
  std::string signal(std::string_view type, std::string_view members, std::string_view fields = {}) const;
  std::string_view bytes_of(const task::event& e) const noexcept;

  const delivery_clock& clock_;
  places::place place_;
  history_ptr history_;
  std::unique_ptr<subscription> subscription_;  // to news; a disk_reading while from_disk_
  http::stream_sink* sink_ = nullptr;
  // In this order they take three words: each idle stream pays for every one.
  std::int64_t cursor_;
  const std::uint32_t max_events_;
  const std::uint32_t retry_ms_;
  const std::uint32_t reconnect_ms_;
  const wire format_ : 2;
  cut cut_ : 2 = cut::none;
  bool opened_ : 1 = false;
  bool was_over_ : 1 = false;  // the task had ended when this was attached
  bool draining_ : 1 = false;
  bool expiring_ : 1 = false;
  bool from_disk_ : 1 = false;  // the reader is behind what memory has
  bool caught_up_ : 1 = false;  // the client has had all that there was, so what comes now is new
  std::uint8_t told_ : 3 = 0;   // the version of the queue_place that was sent last
  std::optional<access_end> access_over_;
};

// A piece that owns its text.
http::piece own_piece(std::string text);

// The text of an SSE stream that only tells the client when to reconnect: `retry`, and `why` as a comment. SSE clients
// get it where others get 429 or 503, because an EventSource does not reconnect after those. The connection must be cut
// after it, because most libraries take a regular end for success.
std::string come_again_sse(std::string_view why);

}  // namespace streamdemo::gateway
