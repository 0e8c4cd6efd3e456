// One accepted socket, from its first byte until it is closed or handed over to a stream session: requests in, answers
// out, one after the other. Belongs to a server_loop and runs on it; its one coroutine is run() or refuse().
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

  // further: requests were served on this socket before.
  connection(server_loop& loop, base::tcp_socket socket, std::string peer, use u);
  ~connection();

  // Serves requests until either side has had enough.
  base::awaitable<void> run();
  // Says 503 and closes.
  base::awaitable<void> refuse();

  // Ends at once when it waits for a next request, else after its answer.
  void drain();
  // Ends now: the handler is canceled, the socket closed.
  void cut();

  asio::cancellation_signal& signal() noexcept { return signal_; }
  bool refused() const noexcept { return refused_; }
  // The socket went on to a stream session, which says itself when it is closed.
  bool handed_over() const noexcept { return handed_over_; }

 private:
  friend class connection_body;

  // What the wheel's entry is for at the moment.
  enum class watch {
    nothing,
    deadline,  // it ends the wait for the socket
    peer,      // it looks whether the peer of a waiting handler is still there
  };
  enum class next { request, refuse, full, close };
  enum class sent { all, some, broken };

  // Requests.
  base::awaitable<next> read_head();
  request_parser::step parse(std::string_view fresh);
  base::awaitable<bool> handle(reply& out);
  base::awaitable<bool> skip_body();
  // Appends what comes next of the body; nothing: the end.
  base::awaitable<result<void>> read_body(std::string& into);
  // The same at the slowest rate that is taken.
  base::awaitable<result<void>> read_piece(std::string& into);
  request_parser::body_step take_body(std::string_view fresh, std::string& into);
  std::size_t piece_room(std::size_t most) noexcept;
  bool keep(std::size_t body_bytes) noexcept;
  bool will_close() const;

  // Answers. False: the connection is of no further use.
  base::awaitable<bool> answer(reply& r);
  base::awaitable<bool> answer_response(response& r);
  base::awaitable<bool> answer_source(std::string head, body_source& source);
  base::awaitable<bool> answer_stream(stream_reply& r);
  base::awaitable<bool> answer_websocket(websocket_reply& r);
  base::awaitable<bool> answer_error(int status, std::string detail);
  void count(int status);

  // The socket.
  sent try_write(iovec* parts, int count);
  // Takes what is sent off `head`; how many bytes of `body` are not sent. Nothing: the socket is broken.
  std::optional<std::size_t> write_some(std::string& head, std::string_view body);
  base::awaitable<bool> await_room();  // until it takes more
  base::awaitable<bool> write(std::string_view head, std::string_view body);
  base::awaitable<bool> write_rest(std::string rest, std::string_view body);
  long receive(char* data, std::size_t size, int flags = 0);     // as recv(): 0 the end, -1 errno
  base::awaitable<bool> wait(base::tcp_socket::wait_type what);  // false: deadline, or cut
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
  base::byte_budget::share of_request_;  // its head and its body
  base::byte_budget::share of_piece_;    // what is being sent, or is on its way to whoever reads the body
  body_pace pace_;
  std::uint32_t handled_ = 0;  // requests
  watch watch_ = watch::nothing;
  bool first_;              // no request was read yet
  bool idle_ = false;       // waits for the first byte of a request
  bool expired_ = false;    // the deadline of the last wait passed
  bool gone_ = false;       // the peer, or the connection was cut
  bool closing_ = false;    // no further request on this connection
  bool continued_ = false;  // 100 Continue was said
  bool handed_over_ = false;
  bool refused_ = false;
};

}  // namespace streamdemo::http
