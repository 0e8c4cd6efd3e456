// One streaming connection: what HTTP streams and WebSockets have in common. It reads into the loop's shared buffer and
// writes directly; only bytes that the socket does not take are stored until it is writable again. Its loop keeps it
// alive until it is closed, and so do pending operations. Use it on its loop only.
#pragma once
#include <boost/smart_ptr/intrusive_ref_counter.hpp>

#include "http/stream/handler_memory.hpp"
#include "http/stream/stream_loop.hpp"
#include "http/tcp_end.hpp"

namespace streamdemo::http {

// The approximate number of bytes to pull from a source for one write.
inline constexpr std::size_t batch_bytes = 65536;
// How much input is read and discarded before the connection is closed.
inline constexpr std::size_t max_discarded_bytes = 65536;

class stream_session : public boost::intrusive_ref_counter<stream_session, boost::thread_unsafe_counter>,
                       public stream_sink,
                       private timer_wheel::entry {
 public:
  stream_session(stream_loop& loop, base::tcp_socket s, std::unique_ptr<stream_source> source);
  virtual ~stream_session() = default;

  // Call once, after the session was added to the loop. `leftover`: input that was read already.
  void start(std::string leftover);
  // Called by the loop for each queued session: writes what is available.
  void run();
  void drain();
  // Closes at once: destroys the source and ends pending operations.
  void close() noexcept { end(false); }

  void wake() noexcept final;

 protected:
  enum class phase : std::uint8_t {
    open,       // the source gives content
    finishing,  // the last bytes are composed and wait for the socket
    pausing,    // all is sent, and the end follows a little later
    closing,    // all is sent; waits for the peer's close frame
    lingering,  // our side is shut down and the last bytes are in transit; input is read and discarded, since unread
                // input would cause a reset that loses them
    closed,
  };

  // Appends what to send now to `g`. True: there may be more already. Calls finishing() with the last bytes.
  virtual bool compose(gather& g) = 0;
  // Handles bytes from the peer, which are in scratch memory. Not called in the phases closed and lingering.
  virtual void take_input(char* at, char* end) = 0;
  // Called when the last bytes are sent; must call hand_back(), linger(), linger_later() or await_farewell().
  virtual void all_sent() = 0;
  // The timer has fired, in phase open: sends heartbeats or pings. next_time(): when to call on_time() next.
  virtual void on_time(base::steady_time now) = 0;
  virtual base::steady_time next_time() const noexcept = 0;
  virtual void count_open(double by) noexcept = 0;

  void finishing() noexcept { phase_ = phase::finishing; }
  // Gives the socket back, to serve the next request.
  void hand_back();
  void await_farewell();
  void linger();
  // A cut that comes together with the last bytes loses them: Varnish drops what it has not passed on yet, and some
  // browsers do, too.
  void linger_later();
  // Counts a timeout and closes; bytes that the peer has not acknowledged are discarded.
  void time_out() noexcept;
  // Whether the peer has not yet acknowledged everything that was written.
  bool under_way() noexcept;
  // Whether bytes of the peer, or its end, have come and were not read yet.
  bool input_waits() noexcept;
  void queue();
  // Discards input, up to a bound.
  void discard(std::size_t bytes);
  // Sets the timer to the earliest deadline. Call it after a change that makes a deadline earlier.
  void rearm() noexcept;
  // The session does not read from the peer until the source takes input again.
  bool deaf() const noexcept { return deaf_; }

  // The order of the members keeps the object small: there may be many thousands of sessions.
  stream_loop& loop_;
  std::unique_ptr<stream_source> source_;  // empty once it has finished
  base::steady_time quiet_since_;          // HTTP: the time of our last output; WebSocket: of the peer's last input
  phase phase_ = phase::open;

 private:
  friend class stream_loop;
  static constexpr std::size_t wait_bytes = 88;  // a wait operation of Boost 1.81; a larger one goes to the heap
  struct readable;
  struct writable;

  void write();
  void wait_for_input();
  void wait_readable();
  void wait_writable();
  void on_readable(const boost::system::error_code& ec);
  void on_writable(const boost::system::error_code& ec);
  void send(gather& g);
  void end(bool with_reset) noexcept;
  void on_end_of_input();
  void look_at_last_bytes(base::steady_time now) noexcept;
  void watch_blocked();
  bool stuck(base::steady_time now) noexcept;
  std::uint32_t left() noexcept { return unacknowledged(socket_.native_handle()); }
  static void on_timer(timer_wheel::entry& e) noexcept;

  bool queued_ = false;
  bool deaf_ = false;
  bool stuck_ = false;       // at the last check bytes were in transit, and none had arrived since the check before
  std::uint32_t index_ = 0;  // its place in the loop's list
  base::tcp_socket socket_;
  std::unique_ptr<gather> backlog_;  // the bytes that the socket did not take
  base::steady_time timed_from_;     // open, finishing: when bytes last arrived; closing, lingering: when that began
  handler_memory<wait_bytes> read_memory_;
  std::uint32_t sent_ = 0;     // bytes, modulo 2^32
  std::uint32_t arrived_ = 0;  // how much of sent_ was acknowledged at the last check

 protected:
  std::uint32_t discarded_ = 0;  // bytes of input that were discarded
};

}  // namespace streamdemo::http
