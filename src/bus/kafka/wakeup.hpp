// An eventfd that librdkafka writes to when a watched queue stops being empty, and that Asio waits for. So no thread of
// the library runs code of this program, and no thread of this program blocks in the library.
#pragma once
#include <sys/eventfd.h>
#include <unistd.h>

#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <streamdemo/base/asio.hpp>

#include "bus/kafka/client.hpp"

namespace streamdemo::bus::kafka {

// Must be owned by a shared_ptr. Calls `ready` on the executor after a queue got something. `ready` must empty the
// queues or call ring().
class wakeup : public std::enable_shared_from_this<wakeup> {
 public:
  explicit wakeup(base::executor ex) : descriptor_(ex, ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}

  void start(std::function<void()> ready) {
    ready_ = std::move(ready);
    arm();
  }

  // From now on `q` writes here. Call forget() before either is destroyed, or the library may write to a file that got
  // the same descriptor number. Only a queue that was empty rings, so check `q` once after this call.
  void watch(rd_kafka_queue_t* q) {
    static constexpr std::uint64_t one = 1;
    rd_kafka_queue_io_event_enable(q, descriptor_.native_handle(), &one, sizeof one);
  }
  static void forget(rd_kafka_queue_t* q) { rd_kafka_queue_io_event_enable(q, -1, nullptr, 0); }

  void ring() {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto n = ::write(descriptor_.native_handle(), &one, sizeof one);
  }

  void stop() {
    ready_ = nullptr;
    boost::system::error_code ignored;
    descriptor_.cancel(ignored);
  }

 private:
  void arm() {
    descriptor_.async_wait(asio::posix::descriptor_base::wait_read,
                           [self = shared_from_this()](boost::system::error_code ec) {
                             if (!ec) self->woken();
                           });
  }

  void woken() {
    if (!ready_) return;
    // Read the eventfd before the queues: what arrives in between then rings again.
    std::uint64_t count = 0;
    [[maybe_unused]] const auto n = ::read(descriptor_.native_handle(), &count, sizeof count);
    const auto ready = ready_;  // it may call stop()
    ready();
    if (ready_) arm();
  }

  asio::posix::basic_stream_descriptor<base::executor> descriptor_;
  std::function<void()> ready_;
};

}  // namespace streamdemo::bus::kafka
