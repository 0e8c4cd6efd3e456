#include "processor/handlers/serial_emitter.hpp"

namespace streamdemo::processor {

struct serial_emitter::turn {
  explicit turn(serial_emitter& o) : owner(o) {}
  ~turn() {
    owner.busy_ = false;
    owner.free_.notify_all();
  }
  turn(const turn&) = delete;
  serial_emitter& owner;
};

awaitable<void> serial_emitter::take() {
  while (busy_) co_await free_.wait();
  busy_ = true;
}

awaitable<base::result<void>> serial_emitter::result(std::string payload, std::string content_type) {
  co_await take();
  const turn mine(*this);
  co_return co_await out_.result(std::move(payload), std::move(content_type));
}

awaitable<base::result<void>> serial_emitter::progress(double fraction, std::string detail) {
  co_await take();
  const turn mine(*this);
  co_return co_await out_.progress(fraction, std::move(detail));
}

awaitable<base::result<void>> serial_emitter::log(std::string line) {
  co_await take();
  const turn mine(*this);
  co_return co_await out_.log(std::move(line));
}

}  // namespace streamdemo::processor
