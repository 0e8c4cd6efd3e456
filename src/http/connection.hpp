// One accepted socket, from its first byte until it is closed or given to a stream session: it reads a request, answers
// it, and reads the next one. Belongs to a server_loop and runs on it; its one coroutine is run() or refuse().
#pragma once
#include <sys/uio.h>

#include <boost/asio/cancellation_signal.hpp>
#include <streamdemo/http/server.hpp>

#include "http/body_pace.hpp"
#include "http/input_buffer.hpp"
#include "http/request_parser.hpp"
#include "http/timer_wheel.hpp"

namespace streamdemo::http {

class server_loop;
class connection_body;

inline constexpr std::string_view no_room = "the server has no room for this now; try again in a moment";
inline constexpr std::string_view too_many_connections = "too many connections; try again in a moment";

class connection final : public std::enable_shared_from_this<connection>, private timer_wheel::entry {
 public:
  enum class use { first, further };

  // use::further: requests were already served on this socket.
  connection(server_loop& loop, base::tcp_socket socket, std::string peer, use u);
  ~connection();

  // Serves requests until the client or the server ends the connection.
  base::awaitable<void> run();
  // Answers 503 and closes.
  base::awaitable<void> refuse();

  // Ends the connection: at once if it waits for a request, otherwise after the current response.
  void drain();
  // Ends the connection now: cancels the handler and closes the socket.
  void cut();

  asio::cancellation_signal& signal() noexcept { return signal_; }
  bool refused() const noexcept { return refused_; }
  // A stream session has taken the socket over, and reports itself when it is closed.
  bool handed_over() const noexcept { return handed_over_; }

 private:
  friend class connection_body;

  // What the timer entry is used for at present.
  enum class watch {
    nothing,
    deadline,  // ends the wait for the socket
    peer,      // checks whether the client of a running handler is still connected
  };
  enum class next { request, refuse, full, close };
  enum class sent { all, some, broken };

  // Requests.
  base::awaitable<next> read_head();
  request_parser::step parse(std::string_view fresh);
  base::awaitable<bool> handle(reply& out);
  base::awaitable<bool> skip_body();
  // Appends the next bytes of the body to `into`; appends none at the end.
  base::awaitable<result<void>> read_body(std::string& into);
  // As read_body(), but fails when the body arrives below the minimal rate.
  base::awaitable<result<void>> read_piece(std::string& into);
  request_parser::body_step take_body(std::string_view fresh, std::string& into);
  std::size_t piece_room(std::size_t most) noexcept;
  bool keep(std::size_t body_bytes) noexcept;
  bool will_close() const;

  // Responses. False: the connection cannot be used any more.
  base::awaitable<bool> answer(reply& r);
  base::awaitable<bool> answer_response(response& r);
  base::awaitable<bool> answer_source(std::string head, body_source& source);
  base::awaitable<bool> answer_stream(stream_reply& r);
  base::awaitable<bool> answer_websocket(websocket_reply& r);
  base::awaitable<bool> answer_error(int status, std::string detail);
  void count(int status);

  // The socket.
  sent try_write(iovec* parts, int count);
  // Removes the sent bytes from `head`, and returns how many bytes of `body` are unsent. nullopt: the socket failed.
  std::optional<std::size_t> write_some(std::string& head, std::string_view body);
  base::awaitable<bool> await_room();  // waits until the socket takes more
  base::awaitable<bool> write(std::string_view head, std::string_view body);
  base::awaitable<bool> write_rest(std::string rest, std::string_view body);
  long receive(char* data, std::size_t size, int flags = 0);     // as recv(): 0 at the end of input, -1 sets errno
  base::awaitable<bool> wait(base::tcp_socket::wait_type what);  // false: the deadline passed, or cut() was called
  base::awaitable<void> linger();
  base::awaitable<void> read_on();
  base::awaitable<void> await_arrival();
  void reset();

  // Time.
  void wait_at_most(base::steady_time::duration d);
  void watch_peer();
  void await_peer();
  void on_time();
  bool peer_is_gone() const;

  server_loop& loop_;
  base::tcp_socket socket_;
  asio::cancellation_signal signal_;
  request request_;
  request_parser parser_;
  input_buffer input_;
  std::shared_ptr<connection_body> body_;
  base::byte_budget::share of_request_;  // for the head and the body of the request
  base::byte_budget::share of_piece_;    // for the piece that is being sent, or that is passed to the body's reader
  body_pace pace_;
  std::uint32_t handled_ = 0;  // the number of requests
  watch watch_ = watch::nothing;
  bool first_;              // no request was read yet
  bool idle_ = false;       // waits for the first byte of a request
  bool expired_ = false;    // the deadline of the last wait passed
  bool gone_ = false;       // the peer has disconnected, or the connection was cut
  bool closing_ = false;    // no further request is read from this connection
  bool continued_ = false;  // 100 Continue was sent
  bool handed_over_ = false;
  bool refused_ = false;
};

}  // namespace streamdemo::http
