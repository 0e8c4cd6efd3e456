// Stream sessions: connections that only stream. The server parses the request (or the upgrade), then gives the raw
// socket to a small session, which pulls from a source:
//     read after the cursor -> write -> wait for the socket -> repeat.
// A session has no queue, no read buffer while idle, no timer and no coroutine frame, so that thousands of idle streams
// cost little. A slow client only lags behind.
//
// Threads: session and source belong to the loop of their socket; call everything here only on that loop.
#pragma once
#include <streamdemo/http/message.hpp>

#include <limits>

namespace streamdemo::http {

// Bytes that many sessions share. `owner` keeps them alive; null for static bytes.
struct piece {
  std::shared_ptr<const void> owner;
  std::string_view bytes;
};

// The session, from the view of its source.
class stream_sink {
 public:
  // There may be something to read: the session will pull when the socket has room. Cheap to repeat. Does not call the
  // source from inside.
  virtual void wake() noexcept = 0;

 protected:
  ~stream_sink() = default;
};

enum class stream_state {
  more,  // pull again: there may be more already
  wait,  // there is no more now; the source will wake() the sink
  end,   // there will be no more: finish the stream
};

// How a stream ends. HTTP: if `complete`, the last chunk is written; otherwise the connection is cut without it, so
// that the client can tell. WebSocket: code and reason of the close frame.
struct stream_end {
  bool complete = true;
  std::uint16_t close_code = 1000;
  std::string reason;
  // WebSocket: delay the close frame (stream_hub's late_close), for clients that reconnect at once after any close. A
  // close frame of the client is still answered at once.
  bool late = false;
};

// The content of a stream; keeps its own cursor. The endpoint makes it and the session owns it. It is destroyed on the
// session's loop when the client has disconnected or the stream has ended.
class stream_source {
 public:
  virtual ~stream_source() = default;

  // Called once, before the first pull(). `sink` outlives the source.
  virtual void attach(stream_sink& sink) = 0;

  // Appends the next pieces to `out`, about `max_bytes` in all (one piece may exceed that). HTTP sends them as they
  // are; WebSocket sends each piece as one text message.
  virtual stream_state pull(std::vector<piece>& out, std::size_t max_bytes) = 0;

  // How the stream ends. Called once, after pull() returned `end`.
  virtual stream_end finish() = 0;

  // HTTP: what to send when nothing was sent for the time `heartbeat`. Static bytes. (A WebSocket session sends pings.)
  virtual std::string_view heartbeat() const = 0;

  // WebSocket: a whole text message of the client, valid UTF-8, within the size limit. Valid only during the call.
  virtual void on_text(std::string_view message) { static_cast<void>(message); }

  // WebSocket: so much of a message may be held until its end comes; one that is longer ends the socket with 1009. No
  // more than the server's own limit of a message counts.
  virtual std::size_t max_half_read() const { return std::numeric_limits<std::size_t>::max(); }

  // False: the source is still busy with earlier messages. The session then stops reading, so that TCP slows the client
  // down; messages that were read already still arrive through on_text(). Checked again after each pull(). It must
  // become true again by itself, because a session that does not read cannot notice that the client disconnected.
  virtual bool takes_input() const { return true; }

  // The server drains: tell the client so (as content), then end. pull() will be called.
  virtual void drain() = 0;
};

// Replies after which a stream session owns the socket.
struct stream_reply {
  std::vector<field> fields;         // of the 200 head; the body is chunked (HTTP/1.0: it ends with the connection)
  std::string_view constant_fields;  // as in a response
  std::unique_ptr<stream_source> source;
};
struct websocket_reply {
  std::string subprotocol;           // the chosen one; empty: none
  std::vector<field> fields;         // additional fields of the 101 head
  std::string_view constant_fields;  // as in a response
  std::unique_ptr<stream_source> source;
};

using reply = std::variant<response, stream_reply, websocket_reply>;

}  // namespace streamdemo::http
