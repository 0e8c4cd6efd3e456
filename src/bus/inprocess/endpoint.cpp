#include "bus/inprocess/endpoint.hpp"

#include <boost/asio/post.hpp>

namespace streamdemo::bus::inprocess {

void endpoint::ring() {
  if (rung_) return;
  rung_ = true;
  asio::post(executor_, [self = shared_from_this()] {
    {
      const std::lock_guard lock(self->mutex_);
      self->rung_ = false;
    }
    self->turn();
  });
}

}  // namespace streamdemo::bus::inprocess
