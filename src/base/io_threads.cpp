#include <pthread.h>

#include <boost/asio/executor_work_guard.hpp>
#include <streamdemo/base/io_threads.hpp>

namespace streamdemo::base {

namespace {

thread_local std::size_t loop_of_this_thread = 0;

}  // namespace

io_threads::io_threads(std::size_t count, std::string name) : name_(std::move(name)) {
  for (std::size_t i = 0; i < count; ++i) {
    // Concurrency hint 1: one thread runs each loop, though others may post to it.
    contexts_.push_back(std::make_unique<asio::io_context>(1));
    guards_.emplace_back(contexts_.back()->get_executor());
  }
}

io_threads::~io_threads() {
  stop();
  join();
}

void io_threads::start() {
  for (std::size_t i = 0; i < contexts_.size(); ++i) {
    threads_.emplace_back([this, i] {
      pthread_setname_np(pthread_self(), (name_ + "-" + std::to_string(i)).substr(0, 15).c_str());
      loop_of_this_thread = i;
      contexts_[i]->run();
    });
  }
}

void io_threads::stop() {
  for (auto& c : contexts_) c->stop();
}

void io_threads::join() {
  for (auto& t : threads_) {
    if (t.joinable()) t.join();
  }
}

std::size_t current_loop() noexcept {
  return loop_of_this_thread;
}

}  // namespace streamdemo::base
