// How an endpoint turns into a stream, and how it says no to a stream client. On the connection's loop.
#pragma once
#include "gateway/api/call.hpp"
#include "gateway/api/stream/event_source.hpp"

namespace streamdemo::gateway {

std::unique_ptr<event_source> make_source(const caller& by, wire format, history_ptr h, std::int64_t cursor);

// The events behind `cursor` as SSE or JSON lines.
http::stream_reply open_stream(const caller& by, wire format, history_ptr h, std::int64_t cursor);

// The sub-protocol for a WebSocket answer; empty when none was offered. Refusal: only foreign ones were.
checked<std::string> choose_subprotocol(const http::request& r);

// How a WebSocket is closed (RFC 6455 section 7.4; 3000 is registered for "unauthorized"): codes from 4500 on say
// "don't come again".
inline constexpr std::uint16_t close_restarting = 1012;
inline constexpr std::uint16_t close_overloaded = 1013;
inline constexpr std::uint16_t close_unauthorized = 3000;
inline constexpr std::uint16_t close_bad_message = 4500;
inline constexpr std::string_view no_room = "the server has no room for this message now; send it again in a moment";
inline constexpr std::string_view restart_reason = "the server restarts";

// Why a stream ends whose client may no longer have it. Static.
std::string_view reason_of(access_end w) noexcept;

// {"type":"error",…,"problem":{…}}; `members` stands between, each beginning with a comma.
std::string error_frame(const refusal& why, std::string_view members = {});

// A refusal to a stream client. What may pass later is no error for an EventSource, which would never come back: 200
// with a longer `retry`. A WebSocket is opened and closed with 1013.
http::reply refuse_stream(wire format, const refusal& why, std::string subprotocol);

}  // namespace streamdemo::gateway
