#include "gateway/api/stream/cursor.hpp"

#include <charconv>

namespace streamdemo::gateway {

namespace {

base::result<std::int64_t> read(std::string_view where, std::string_view text) {
  if (const auto n = parse_cursor(text)) return *n;
  return base::error{
      base::errc::invalid_argument,
      std::string(where) + " must be a number from 0 to 999999999999999999: the seq of the last event that you have"};
}

}  // namespace

std::optional<std::int64_t> parse_cursor(std::string_view text) noexcept {
  if (text.empty() || text.size() > 18 || text[0] == '-') return std::nullopt;
  std::int64_t n = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (ec != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return n;
}

base::result<std::int64_t> poll_cursor(const http::request& r) {
  const auto after = r.query_value("after");
  return after ? read("after", *after) : base::result<std::int64_t>(0);
}

base::result<std::int64_t> stream_cursor(const http::request& r) {
  if (const auto id = r.header("Last-Event-ID"); !id.empty()) return read("Last-Event-ID", id);
  // For libraries in browsers that cannot set headers.
  for (const auto* name : {"last_event_id", "lastEventId"}) {
    if (const auto id = r.query_value(name); id && !id->empty()) return read(name, *id);
  }
  return poll_cursor(r);
}

}  // namespace streamdemo::gateway
