#include "bus/inprocess/endpoint.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

namespace streamdemo::bus::inprocess {

void endpoint::ring() {
  if (rung_) return;
  rung_ = true;
  asio::post(ex_, [self = shared_from_this()] {
    {
      const std::lock_guard lock(self->mutex_);
      self->rung_ = false;
    }
    self->turn();
  });
}

template <class Item>
awaitable<result<std::vector<Item>>> puller<Item>::receive(std::shared_ptr<puller> self, std::size_t max) {
  co_await asio::post(self->ex_, base::use_awaitable);
  const auto state = co_await asio::this_coro::cancellation_state;
  if (state.cancelled() != asio::cancellation_type::none) {
    throw boost::system::system_error(asio::error::operation_aborted);
  }
  for (;;) {
    {
      const std::lock_guard lock(self->mutex_);
      self->parked_ = false;
      if (self->closed_) co_return error{errc::closed, "receive on a closed reader"};
      auto items = self->take(std::max<std::size_t>(max, 1));
      if (!items.empty()) co_return items;
      self->parked_ = true;
    }
    co_await self->changed_.wait();
  }
}

template class puller<shared_item>;
template class puller<read_item>;

}  // namespace streamdemo::bus::inprocess
