// How an endpoint turns into a stream, and how it says no to a stream client. On the connection's loop.
#pragma once
#include "gateway/api/core.hpp"
#include "gateway/api/event_source.hpp"
#include "gateway/api/problem.hpp"

namespace streamdemo::gateway {

std::unique_ptr<event_source> make_source(core& a, wire format, history_ptr h, std::int64_t cursor);

// The events behind `cursor` as SSE or JSON lines.
http::stream_reply open_stream(core& a, wire format, history_ptr h, std::int64_t cursor);

// The sub-protocol for a WebSocket answer; empty when none was offered. Refusal: only foreign ones were.
checked<std::string> choose_subprotocol(const http::request& r);

// What is wrong with a request that wanted to be an upgrade and is none; nothing for other requests.
std::optional<http::response> broken_upgrade(const http::request& r);

// A refusal to a stream client. What may pass later is no error for an EventSource, which would never come back: 200
// with a longer `retry`. A WebSocket is opened and closed with 1013.
http::reply refuse_stream(wire format, const refusal& why, std::string subprotocol);

}  // namespace streamdemo::gateway
