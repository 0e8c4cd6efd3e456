// One streaming connection: what HTTP streams and WebSockets have in common. Its socket is read without a buffer of its
// own and written straight away; only what the socket refuses is remembered until it is writable again.
// Kept alive by its loop until it is closed, and by its pending operations. Loop only.
#pragma once
#include <boost/smart_ptr/intrusive_ref_counter.hpp>

#include "http/stream/handler_memory.hpp"
#include "http/stream/stream_loop.hpp"
#include "http/tcp_end.hpp"

namespace streamdemo::http {

// About how many bytes are pulled from a source for one write.
inline constexpr std::size_t batch_bytes = 65536;
// Input that is read and thrown away before a connection is simply closed.
inline constexpr std::size_t max_discarded_bytes = 65536;

class stream_session : public boost::intrusive_ref_counter<stream_session, boost::thread_unsafe_counter>,
                       public stream_sink,
                       private timer_wheel::entry {
 public:
  stream_session(stream_loop& loop, base::tcp_socket s, std::unique_ptr<stream_source> source);
  virtual ~stream_session() = default;

  // Once, after the loop has it. `leftover`: what the client had sent already.
  void start(std::string leftover);
  // Called by the loop for each queued session: writes what there is.
  void run();
  void drain();
  // At once; the source goes, operations end.
  void close() noexcept { end(false); }

  void wake() noexcept final;

 protected:
  enum class phase : std::uint8_t {
    open,       // the source gives
    finishing,  // the last bytes are made and wait for the socket
    closing,    // all is sent; the peer's farewell is awaited
    lingering,  // our side is shut down and the last bytes are on their way; what the peer still sent is read, so that
                // no reset eats them
    closed,
  };

  // Puts what is to be sent now into `g`. True: there may be more at once. Calls finishing() with the last bytes.
  virtual bool compose(gather& g) = 0;
  // Bytes from the peer, in scratch memory; never in phase closed or lingering.
  virtual void take_input(char* at, char* end) = 0;
  // The last bytes are sent: hand_back(), linger() or await_farewell().
  virtual void all_sent() = 0;
  // What this kind of stream does as time passes (phase open only), and when it wants to be asked next.
  virtual void on_time(base::steady_time now) = 0;
  virtual base::steady_time next_time() const noexcept = 0;
  virtual void count_open(double by) noexcept = 0;

  void finishing() noexcept { phase_ = phase::finishing; }
  // The socket goes on to whoever serves the next request on it.
  void hand_back();
  void await_farewell();
  void linger();
  // Counts it, and closes; what the peer has not taken is thrown away.
  void time_out() noexcept;
  // The peer's kernel has not yet taken all that was written.
  bool under_way() noexcept;
  void queue();
  // Throws input away, up to a bound.
  void discard(std::size_t bytes);
  // Arms the timer for the earliest thing to come. Needed after a change that brings something nearer.
  void rearm() noexcept;
  // Nothing is read from the peer until the source takes input again.
  bool deaf() const noexcept { return deaf_; }

  // The order of the members is that of the fewest bytes: there may be many thousands of these.
  stream_loop& loop_;
  std::unique_ptr<stream_source> source_;  // empty once it has finished
  base::steady_time quiet_since_;          // HTTP: since we said something; WebSocket: since the peer did
  phase phase_ = phase::open;

 private:
  friend class stream_loop;
  static constexpr std::size_t wait_bytes = 88;  // Boost 1.81's wait; a larger one goes to the heap
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
  bool stuck_ = false;       // bytes were on their way at the last look, and none had arrived since the one before
  std::uint32_t index_ = 0;  // in the loop's list
  base::tcp_socket socket_;
  std::unique_ptr<gather> backlog_;  // what the socket refused
  base::steady_time timed_from_;     // open, finishing: bytes were last seen to arrive; closing, lingering: its start
  handler_memory<wait_bytes> read_memory_;
  std::uint32_t sent_ = 0;     // bytes, modulo 2^32
  std::uint32_t arrived_ = 0;  // of sent_, at the last look

 protected:
  std::uint32_t discarded_ = 0;  // bytes of input
};

}  // namespace streamdemo::http
