// Owns coroutines and joins them. No coroutine of this program is left to itself: each belongs to such a group, or to
// whoever waits for its completion (tests/structure/ownership_test.py). All calls and all coroutines on one executor.
#pragma once
#include <boost/asio/cancellation_signal.hpp>
#include <functional>
#include <list>
#include <streamdemo/base/asio.hpp>
#include <streamdemo/base/log.hpp>

namespace streamdemo::base {

// Whether an exception is the one with which a canceled coroutine ends.
bool means_canceled(const std::exception_ptr& why) noexcept;

class task_group {
 public:
  // `name` is named in the log when a coroutine ends with an exception.
  task_group(executor ex, const logger& log, std::string name);
  // Must be joined (or empty) by then; terminates the process otherwise, as std::thread does.
  ~task_group();
  task_group(const task_group&) = delete;

  // Starts `body`, which stays alive until its coroutine has ended. An exception is logged as a bug; the ones that mean
  // "canceled" are silent. After cancel() nothing new is started.
  void spawn(std::function<awaitable<void>()> body);

  // Asks every coroutine to stop (terminal cancellation: their pending operations end with operation_aborted).
  void cancel();

  // Completes when no coroutine is left. May be called by several.
  awaitable<void> join();

  std::size_t size() const noexcept { return running_.size(); }

 private:
  struct entry;
  void ended(std::list<std::shared_ptr<entry>>::iterator it, std::exception_ptr why);

  executor executor_;
  const logger& log_;
  std::string name_;
  std::list<std::shared_ptr<entry>> running_;
  timer empty_;
  bool canceled_ = false;
};

}  // namespace streamdemo::base
