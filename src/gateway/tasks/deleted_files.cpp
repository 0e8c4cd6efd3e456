#include "gateway/tasks/deleted_files.hpp"

namespace streamdemo::gateway {

namespace {

constexpr std::chrono::seconds a_moment{10};

}  // namespace

void deleted_files::add(std::string request_id) {
  fresh_.push_back(std::move(request_id));
  added_.notify_all();
}

base::awaitable<void> deleted_files::run() {
  for (;;) {
    while (!fresh_.empty()) {
      auto id = std::move(fresh_.front());
      fresh_.pop_front();
      again_.push_back({std::chrono::steady_clock::now() + a_moment, id});
      co_await files_.remove_outputs(std::move(id));
    }
    if (again_.empty()) {
      co_await added_.wait();
    } else if (again_.front().due > std::chrono::steady_clock::now()) {
      co_await added_.wait_until(again_.front().due);
    } else {
      auto id = std::move(again_.front().request_id);
      again_.pop_front();
      co_await files_.remove_outputs(std::move(id));
    }
  }
}

}  // namespace streamdemo::gateway
