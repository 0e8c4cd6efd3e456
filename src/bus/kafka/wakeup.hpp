// One eventfd that librdkafka writes to when a queue of ours stops being empty, waited for by Asio: no thread of the
// library runs our code, and no thread of ours waits in the library.
#pragma once
#include <sys/eventfd.h>
#include <unistd.h>

#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <streamdemo/base/asio.hpp>

#include "bus/kafka/client.hpp"

namespace streamdemo::bus::kafka {

// Lives in a shared_ptr of its owner: `ready` is called on the executor after something came; drain the queues fully,
// or ring().
class wakeup : public std::enable_shared_from_this<wakeup> {
 public:
  explicit wakeup(base::executor ex) : descriptor_(ex, ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}

  void start(std::function<void()> ready) {
    ready_ = std::move(ready);
    arm();
  }

  // From now on `q` writes here; forget() must come before either is gone, lest the library writes into what gets this
  // descriptor's number next. Only a queue that was empty rings: look into `q` once after this.
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
    // Read first, then drain: what comes in between rings again.
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
