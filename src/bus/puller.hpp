// receive() for every bus: take what is there, or wait until something arrives. It first yields to other work of the
// loop, so that a busy bus does not starve it. Owner's executor only.
#pragma once
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <streamdemo/base/notifier.hpp>
#include <streamdemo/bus/bus.hpp>

namespace streamdemo::bus {

template <class Item>
class puller {
 public:
  explicit puller(executor ex) : ex_(ex), news_(ex) {}
  virtual ~puller() = default;
  puller(const puller&) = delete;

  // Throws operation_aborted when canceled; nothing is taken then.
  static awaitable<result<std::vector<Item>>> receive(std::shared_ptr<puller> self, std::size_t max) {
    co_await asio::post(self->ex_, base::use_awaitable);
    const auto state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none) {
      throw boost::system::system_error(asio::error::operation_aborted);
    }
    for (;;) {
      if (self->failure_) co_return *self->failure_;
      auto items = self->take(std::max<std::size_t>(max, 1));
      if (!items.empty()) co_return items;
      co_await self->news_.wait();
    }
  }

 protected:
  // Returns at most `max` items, without waiting; empty: there are none.
  virtual std::vector<Item> take(std::size_t max) = 0;

  // There may be something to take now.
  void wake() { news_.notify_all(); }
  // Stops taking: receive() ends with this error; of several calls the first one counts.
  void fail(error e) {
    if (failure_) return;
    failure_ = std::move(e);
    wake();
  }
  void stop_taking() { fail({errc::closed, "receive on a closed reader"}); }
  bool failed() const noexcept { return failure_.has_value(); }

  executor ex_;
  base::notifier news_;

 private:
  std::optional<error> failure_;
};

}  // namespace streamdemo::bus
