// Stream sessions: what is left of a connection once it only streams. The server parses the request (or the upgrade),
// lets go of its parser and hands the raw socket to a small session, which pulls from a source:
//     read after the cursor -> write -> wait for the socket -> repeat.
// No queue, no read buffer while idle, no timer and no coroutine frame per session. A slow client only lags.
//
// Threads: session and source live on the loop of their socket; only there may anything here be called.
#pragma once
#include <streamdemo/http/message.hpp>

namespace streamdemo::http {

// Bytes that many sessions share. `owner` keeps them alive.
struct piece {
  std::shared_ptr<const void> owner;
  std::string_view bytes;
};

// The session, as its source sees it.
class stream_sink {
 public:
  // There may be something to read: pull when the socket has room. Cheap to repeat; never calls back into the source
  // from inside.
  virtual void wake() noexcept = 0;

 protected:
  ~stream_sink() = default;
};

enum class stream_state {
  more,  // there may be more at once
  wait,  // nothing now; the source will wake() the sink
  end,   // this was the last: finish the stream
};

// How a stream ends. HTTP: `complete` writes the last chunk, otherwise the connection is cut without it, so that the
// client can tell. WebSocket: the close frame.
struct stream_end {
  bool complete = true;
  std::uint16_t close_code = 1000;
  std::string reason;
  // WebSocket: the close frame may wait (stream_hub's late_close); the peer's own is answered at once.
  bool late = false;
};

// Where a stream's content comes from; keeps its own cursor. Made by the endpoint, owned by the session, destroyed on
// the session's loop when the client is gone or the stream has ended.
class stream_source {
 public:
  virtual ~stream_source() = default;

  // Once, before the first pull. `sink` outlives the source.
  virtual void attach(stream_sink& sink) = 0;

  // Appends the next pieces, about `max_bytes` of them (one piece may exceed it). Over HTTP they are sent as they are;
  // over WebSocket each piece is one text message.
  virtual stream_state pull(std::vector<piece>& out, std::size_t max_bytes) = 0;

  // How it ended; asked once after pull() said `end`.
  virtual stream_end finish() = 0;

  // HTTP: what to send when nothing was sent for `heartbeat`. Static bytes. (WebSocket: the session pings by itself.)
  virtual std::string_view heartbeat() const = 0;

  // WebSocket: a whole text message, valid UTF-8, within the limit. The view is valid during the call.
  virtual void on_text(std::string_view message) { static_cast<void>(message); }

  // False: busy with what it was told. The session then reads no further, so that TCP holds the client back; what was
  // read at once before still comes through on_text(). Asked again after each pull(). Must become true again by itself:
  // meanwhile nobody hears whether the client is still there.
  virtual bool takes_input() const { return true; }

  // The server drains: say so to the client (as content), then end. pull() will be called.
  virtual void drain() = 0;
};

// Replies that hand the socket over.
struct stream_reply {
  std::vector<field> fields;  // of the 200 head; the body is chunked (HTTP/1.0: until close)
  std::unique_ptr<stream_source> source;
};
struct websocket_reply {
  std::string subprotocol;    // chosen; empty: none
  std::vector<field> fields;  // further fields of the 101 head
  std::unique_ptr<stream_source> source;
};

using reply = std::variant<response, stream_reply, websocket_reply>;

}  // namespace streamdemo::http
