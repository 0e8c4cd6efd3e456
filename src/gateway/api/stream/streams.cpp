#include "gateway/api/stream/streams.hpp"

#include <streamdemo/http/fields/text.hpp>

namespace streamdemo::gateway {

namespace {

constexpr std::string_view our_subprotocol = "streamdemo.v1";

// A stream that sends its text, if there is one, and ends.
class closing_source final : public http::stream_source {
 public:
  closing_source(std::string words, http::stream_end end) : words_(std::move(words)), end_(std::move(end)) {}
  void attach(http::stream_sink&) override {}
  http::stream_state pull(std::vector<http::piece>& out, std::size_t) override {
    if (!words_.empty()) out.push_back(own_piece(std::move(words_)));
    return http::stream_state::end;
  }
  http::stream_end finish() override { return end_; }
  std::string_view heartbeat() const override { return {}; }
  void drain() override {}

 private:
  std::string words_;
  http::stream_end end_;
};

void as_stream(http::stream_reply& r, wire format) {
  r.fields.push_back({"Content-Type", format == wire::sse ? "text/event-stream" : "application/x-ndjson"});
  r.fields.push_back({"Cache-Control", "no-store, no-transform"});
  // The one is nginx's word for it, the other everybody's.
  r.fields.push_back({"X-Accel-Buffering", "no"});
  r.fields.push_back({"Incremental", "?1"});
}

}  // namespace

std::unique_ptr<event_source> make_source(const caller& by, places::place place, wire format, history_ptr h,
                                          std::int64_t cursor) {
  auto& a = by.at();
  // Spread over three seconds, so that the clients of a gateway that stopped do not all reconnect at once.
  std::uniform_int_distribution<std::uint32_t> spread(0, 3000);
  const auto restart = static_cast<std::uint32_t>(a.settings().gateway.reconnect.count());
  const event_source::options o{.cursor = cursor,
                                .max_events = a.settings().gateway.max_events_per_read,
                                .retry_ms = 1000 + spread(a.here().random),
                                .reconnect_ms = restart + spread(a.here().random),
                                .format = format};
  auto source = std::make_unique<event_source>(a.deliveries(), std::move(h), o, std::move(place));
  a.here().watch.join(*source, by.shared_who());
  return source;
}

http::stream_reply open_stream(const caller& by, places::place place, wire format, history_ptr h, std::int64_t cursor) {
  http::stream_reply r;
  as_stream(r, format);
  r.source = make_source(by, std::move(place), format, std::move(h), cursor);
  return r;
}

checked<std::string> choose_subprotocol(const http::request& r) {
  const auto offered = r.joined_header("Sec-WebSocket-Protocol");
  std::string_view rest = offered;
  if (base::trim(rest).empty()) return std::string{};
  while (!rest.empty()) {
    if (http::next_part(rest, ',') == our_subprotocol) return std::string(our_subprotocol);
  }
  return refusal{problem::subprotocol, "offer \"streamdemo.v1\", or none", {}};
}

std::string_view reason_of(access_end w) noexcept {
  switch (w) {
    case access_end::expired:
      return "expired";
    case access_end::taken_away:
      return "signed out";
    case access_end::asks_again:
      break;
  }
  return "session";
}

std::string error_frame(const refusal& why, std::string_view members) {
  auto problem = problem_json(why.what, why.detail, why.members);
  problem.pop_back();
  std::string out = "{\"type\":\"error\"";
  out += members;
  out += ",\"problem\":";
  out += problem;
  out += '}';
  return out;
}

http::reply refuse_stream(wire format, const refusal& why, std::string subprotocol) {
  const bool later = row_of(why.what).retry_after > 0;
  if (format == wire::websocket && later) {
    http::websocket_reply r;
    r.subprotocol = std::move(subprotocol);
    r.source = std::make_unique<closing_source>(
        std::string(), http::stream_end{false, close_overloaded, std::string(row_of(why.what).title)});
    return r;
  }
  if (format == wire::sse && later) {
    http::stream_reply r;
    as_stream(r, format);
    r.source = std::make_unique<closing_source>(come_again_sse(why.detail), http::stream_end{.complete = false});
    return r;
  }
  return problem_response(why);
}

}  // namespace streamdemo::gateway
