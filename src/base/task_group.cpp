#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <streamdemo/base/task_group.hpp>

namespace streamdemo::base {

struct task_group::entry {
  std::function<awaitable<void>()> body;
  asio::cancellation_signal signal;
};

task_group::task_group(executor ex, const logger& log, std::string name)
    : executor_(ex), log_(log), name_(std::move(name)), empty_(ex, std::chrono::steady_clock::time_point::max()) {}

task_group::~task_group() {
  if (!running_.empty()) {
    log_.error("bug: {} ended with {} coroutines not joined", name_, running_.size());
    std::terminate();
  }
}

void task_group::spawn(std::function<awaitable<void>()> body) {
  if (canceled_) return;
  auto it = running_.insert(running_.end(), std::make_shared<entry>());
  (*it)->body = std::move(body);
  asio::co_spawn(
      executor_, (*it)->body(),
      asio::bind_cancellation_slot((*it)->signal.slot(), [this, it](std::exception_ptr why) { ended(it, why); }));
}

bool means_canceled(const std::exception_ptr& why) noexcept {
  try {
    std::rethrow_exception(why);
  } catch (const boost::system::system_error& e) {
    return e.code() == asio::error::operation_aborted;
  } catch (...) {
    return false;
  }
}

void task_group::ended(std::list<std::shared_ptr<entry>>::iterator it, std::exception_ptr why) {
  try {
    if (why && !means_canceled(why)) std::rethrow_exception(why);
  } catch (const std::exception& e) {
    log_.error("bug: {} failed: {}", name_, e.what());
  }
  running_.erase(it);
  if (running_.empty()) empty_.cancel();
}

void task_group::cancel() {
  canceled_ = true;
  // The signal may end a coroutine at once, which erases its entry from running_, and may end others, too. Iterate over
  // a copy of weak pointers.
  const std::vector<std::weak_ptr<entry>> now(running_.begin(), running_.end());
  for (const auto& e : now) {
    if (const auto alive = e.lock()) alive->signal.emit(asio::cancellation_type::terminal);
  }
}

awaitable<void> task_group::join() {
  while (!running_.empty()) {
    boost::system::error_code ignored;
    co_await empty_.async_wait(asio::redirect_error(use_awaitable, ignored));
  }
}

}  // namespace streamdemo::base
