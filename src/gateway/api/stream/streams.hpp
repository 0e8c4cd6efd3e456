// Makes the streams of the endpoints, and the refusals for stream clients. On the connection's loop.
#pragma once
#include "gateway/api/call.hpp"
#include "gateway/api/stream/event_source.hpp"

namespace streamdemo::gateway {

// `place`: of the stream, among its owner's.
std::unique_ptr<event_source> make_source(const caller& by, places::place place, wire format, history_ptr h,
                                          std::int64_t cursor);

// The events after `cursor` as SSE or JSON lines.
http::stream_reply open_stream(const caller& by, places::place place, wire format, history_ptr h, std::int64_t cursor);

// The sub-protocol for a WebSocket answer; empty when none was offered. Refusal: subprotocol (only unknown ones were
// offered).
checked<std::string> choose_subprotocol(const http::request& r);

// How a WebSocket is closed (RFC 6455 section 7.4; 3000 is registered for "unauthorized"): codes from 4500 on mean that
// the client should not reconnect.
inline constexpr std::uint16_t close_restarting = 1012;
inline constexpr std::uint16_t close_overloaded = 1013;
inline constexpr std::uint16_t close_unauthorized = 3000;
inline constexpr std::uint16_t close_bad_message = 4500;
inline constexpr std::string_view no_room = "the server has no room for this message now; send it again in a moment";
inline constexpr std::string_view restart_reason = "the server restarts";

// The reason to give when a stream ends because its client's access is over. Static text.
std::string_view reason_of(access_end w) noexcept;

// {"type":"error",…,"problem":{…}}; `members`: JSON members to put between, each after a comma.
std::string error_frame(const refusal& why, std::string_view members = {});

// A refusal for a stream client: problem details, except if a later attempt may succeed. Then SSE gets 200 with a
// longer `retry`, because an EventSource does not reconnect after an error, and a WebSocket is opened and closed with
// 1013.
http::reply refuse_stream(wire format, const refusal& why, std::string subprotocol);

}  // namespace streamdemo::gateway
