#include "gateway/api/stream/event_source.hpp"

#include <streamdemo/base/json.hpp>

#include "gateway/api/body/answers.hpp"
#include "gateway/api/stream/streams.hpp"

namespace streamdemo::gateway {

namespace {

std::string retry_field(std::uint32_t ms) {
  return "retry: " + std::to_string(ms) + '\n';
}

}  // namespace

http::piece own_piece(std::string text) {
  auto owner = std::make_shared<const std::string>(std::move(text));
  const std::string_view bytes = *owner;
  return {std::move(owner), bytes};
}

event_source::event_source(const delivery_clock& clock, history_ptr h, options o, places::place place)
    : clock_(clock),
      place_(std::move(place)),
      history_(std::move(h)),
      cursor_(o.cursor),
      max_events_(o.max_events),
      retry_ms_(o.retry_ms),
      reconnect_ms_(o.reconnect_ms),
      format_(o.format) {}

void event_source::attach(http::stream_sink& sink) {
  sink_ = &sink;
  was_over_ = history_->is_over();
  subscription_ = history_->subscribe(*this, waits_for::news);
}

http::stream_state event_source::pull(std::vector<http::piece>& out, std::size_t max_bytes) {
  if (cut_ != cut::none) return http::stream_state::end;
  if (!opened_) open(out);
  // The client reconnects with the credentials that it has by then, and they are checked again.
  if (access_over_) return reconnect(out, cut::access_over, retry_ms_);
  if (expiring_) {
    expiring_ = false;
    out.push_back(own_piece(signal("expiring", {})));
  }
  if (draining_) return reconnect(out, cut::restart, reconnect_ms_);
  auto batch = next(max_bytes);
  if (batch.kept_from != 0) gap(out, batch.kept_from);
  if (batch.on_disk) {
    // After a gap, the next pull asks again.
    if (batch.kept_from != 0) return http::stream_state::more;
    static_cast<disk_reading&>(*subscription_).begin(cursor_);
    return http::stream_state::wait;
  }
  std::size_t size = 0;
  const auto after = cursor_;
  for (auto& e : batch.events) {
    cursor_ = e->seq();
    const auto bytes = bytes_of(*e);
    size += bytes.size();
    out.push_back({std::move(e), bytes});
  }
  if (!batch.events.empty()) {
    const auto now = clock_.now();
    history_->written(after, cursor_, now);
    if (caught_up_ && batch.read_at != base::sys_time{}) clock_.handed_over(batch.read_at, now);
  }
  if (batch.in_queue && batch.in_queue->version != told_) queued(out, *batch.in_queue);
  if (batch.ended) return http::stream_state::end;
  if (batch.lost && batch.events.empty()) return reconnect(out, cut::read_anew, retry_ms_);
  // A batch below both bounds was all there is. News of more comes on this loop, so never before this returns.
  const bool cut_short = from_disk_ || batch.events.size() >= max_events_ || size >= max_bytes;
  caught_up_ = caught_up_ || !cut_short;
  return cut_short ? http::stream_state::more : http::stream_state::wait;
}

// While it reads from the disk, it does not wait for news: there are some.
history::batch event_source::next(std::size_t max_bytes) {
  auto batch = history_->read(cursor_, max_events_, max_bytes);
  if (batch.on_disk && batch.kept_from == 0) {
    if (!from_disk_) subscription_ = history_->read_from_disk(*this);
    from_disk_ = true;
    return static_cast<disk_reading&>(*subscription_).take(cursor_, max_events_, max_bytes);
  }
  if (from_disk_ && !batch.on_disk) {
    subscription_ = history_->subscribe(*this, waits_for::news);
    from_disk_ = false;
    // What came before there was a subscription woke nobody.
    batch = history_->read(cursor_, max_events_, max_bytes);
  }
  return batch;
}

http::stream_end event_source::finish() {
  // Some libraries reconnect at once after any end, for ever. For a task that was already over, the late close slows
  // them down.
  if (cut_ == cut::none) return {.late = was_over_};
  const auto code = access_over_ && *access_over_ != access_end::asks_again ? close_unauthorized : close_restarting;
  return {.complete = false, .close_code = code, .reason = std::string(why_cut())};
}

std::string_view event_source::heartbeat() const {
  switch (format_) {
    case wire::sse:
      // No empty line after it: ten libraries take that for an event and fail on its missing data.
      return ":\n";
    case wire::json_lines:
      return "{\"type\":\"heartbeat\"}\n";
    case wire::websocket:
      break;
  }
  return {};
}

void event_source::drain() {
  draining_ = true;
  if (sink_ != nullptr) sink_->wake();
}

void event_source::on_expiring(base::sys_time) {
  expiring_ = true;
  if (sink_ != nullptr) sink_->wake();
}

void event_source::on_access_over(access_end w) {
  if (cut_ == cut::none) access_over_ = w;
  if (sink_ != nullptr) sink_->wake();
}

std::string_view event_source::why_cut() const noexcept {
  switch (cut_) {
    case cut::access_over:
      return reason_of(*access_over_);
    case cut::read_anew:
      return "the log was read anew";
    case cut::none:
    case cut::restart:
      break;
  }
  return restart_reason;
}

void event_source::open(std::vector<http::piece>& out) {
  opened_ = true;
  if (format_ != wire::sse) return;
  // This becomes the first line of the first event, whenever that comes. Alone between empty lines, `retry` would be an
  // event for ten libraries, and would be ignored by those that take it only together with data.
  out.push_back(own_piece(retry_field(retry_ms_)));
}

void event_source::gap(std::vector<http::piece>& out, std::int64_t kept_from) {
  const auto members = ",\"from\":" + std::to_string(cursor_ + 1) + ",\"to\":" + std::to_string(kept_from - 1);
  cursor_ = kept_from - 1;
  out.push_back(own_piece(signal("gap", members)));
}

void event_source::queued(std::vector<http::piece>& out, const queue_place& p) {
  told_ = p.version & 7U;
  std::string members(",");
  append_queue_place(members, p);
  out.push_back(own_piece(signal("queued", members)));
}

// The end comes one turn later, because some browsers lose data that arrives together with it.
http::stream_state event_source::reconnect(std::vector<http::piece>& out, cut why, std::uint32_t after_ms) {
  cut_ = why;
  const auto reason = ",\"reason\":" + base::json_string(why_cut());
  out.push_back(own_piece(signal("reconnect", reason, retry_field(after_ms))));
  return http::stream_state::more;
}

// The cursor is sent as the id, because libraries that do not carry the last id over would report an event without one.
std::string event_source::signal(std::string_view type, std::string_view members, std::string_view fields) const {
  std::string out;
  if (format_ == wire::sse) {
    out += "id: " + std::to_string(cursor_) + '\n';
    out += fields;
    out += "event: ";
    out += type;
    out += "\ndata: ";
  }
  out += "{\"type\":\"";
  out += type;
  out += "\",\"request_id\":";
  base::append_json_string(out, history_->identity().request_id);
  out += members;
  out += '}';
  if (format_ == wire::sse) out += "\n\n";
  if (format_ == wire::json_lines) out += '\n';
  return out;
}

std::string_view event_source::bytes_of(const task::event& e) const noexcept {
  switch (format_) {
    case wire::sse:
      return e.sse();
    case wire::json_lines:
      return e.json_line();
    case wire::websocket:
      break;
  }
  return e.json();
}

std::string come_again_sse(std::string_view why) {
  std::string out = retry_field(10000) + ": ";
  for (const char c : why) out += c == '\n' || c == '\r' ? ' ' : c;
  out += '\n';
  return out;
}

}  // namespace streamdemo::gateway
