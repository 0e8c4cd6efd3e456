// Lets several coroutines of one run share its emitter: one call at a time, with no order between the coroutines.
#pragma once
#include <streamdemo/base/notifier.hpp>
#include <streamdemo/processor/handler.hpp>

namespace streamdemo::processor {

class serial_emitter final : public emitter {
 public:
  serial_emitter(base::executor ex, emitter& out) : out_(out), free_(ex) {}

  awaitable<base::result<void>> result(std::string payload, std::string content_type) override;
  awaitable<base::result<void>> progress(double fraction, std::string detail) override;
  awaitable<base::result<void>> log(std::string line) override;

 private:
  struct turn;
  awaitable<void> take();

  emitter& out_;
  base::notifier free_;
  bool busy_ = false;
};

}  // namespace streamdemo::processor
