// Owns coroutines and joins them. Every coroutine of this program belongs to such a group or to the coroutine that
// awaits it (tests/structure/ownership_test.py). All calls and all coroutines run on one executor.
#pragma once
#include <boost/asio/cancellation_signal.hpp>
#include <functional>
#include <list>
#include <streamdemo/base/asio.hpp>
#include <streamdemo/base/log.hpp>

namespace streamdemo::base {

// Whether this is the exception with which a canceled coroutine ends.
bool means_canceled(const std::exception_ptr& why) noexcept;

class task_group {
 public:
  // `name` is what the log calls this group when a coroutine ends with an exception.
  task_group(executor ex, const logger& log, std::string name);
  // Terminates the process if a coroutine still runs, as std::thread does: join first.
  ~task_group();
  task_group(const task_group&) = delete;

  // Starts `body` and keeps it alive until its coroutine has ended. An exception is logged as a bug, unless it means
  // "canceled". Does nothing after cancel().
  void spawn(std::function<awaitable<void>()> body);

  // Asks every coroutine to stop (terminal cancellation: their pending operations end with operation_aborted).
  void cancel();

  // Completes when no coroutine is left. Several coroutines may call it.
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
