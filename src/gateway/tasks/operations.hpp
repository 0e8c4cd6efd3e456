// Operations in progress, and the wait for the last of them to finish. One loop.
#pragma once
#include <streamdemo/base/notifier.hpp>

namespace streamdemo::gateway {

class operations {
 public:
  explicit operations(base::executor loop) : idle_(std::move(loop)) {}

  // One operation, for as long as it lives.
  class in_progress {
   public:
    explicit in_progress(operations& all) : all_(all) { ++all_.count_; }
    ~in_progress() {
      if (--all_.count_ == 0) all_.idle_.notify_all();
    }
    in_progress(const in_progress&) = delete;

   private:
    operations& all_;
  };

  // Until there is none, or `by`.
  base::awaitable<void> finished(base::steady_time by) {
    while (count_ != 0 && std::chrono::steady_clock::now() < by) co_await idle_.wait_until(by);
  }
  base::awaitable<void> finished() {
    while (count_ != 0) co_await idle_.wait();
  }

 private:
  std::size_t count_ = 0;
  base::notifier idle_;
};

}  // namespace streamdemo::gateway
