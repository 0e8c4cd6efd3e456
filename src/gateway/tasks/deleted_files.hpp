// Removes the files of tasks whose data was deleted: at once, and again ten seconds later, because a clip that was
// being published when its task ended may appear in between. One task at a time. On loop 0.
#pragma once
#include <streamdemo/artifacts/store.hpp>
#include <streamdemo/base/clock.hpp>
#include <streamdemo/base/notifier.hpp>

#include <deque>
#include <string>

namespace streamdemo::gateway {

class deleted_files {
 public:
  // `files` outlives it.
  deleted_files(artifacts::store& files, const base::executor& loop0) : files_(files), added_(loop0) {}

  void add(std::string request_id);
  // Runs until it is canceled.
  base::awaitable<void> run();

 private:
  struct second_look {
    base::steady_time due;
    std::string request_id;
  };

  artifacts::store& files_;
  base::notifier added_;
  std::deque<std::string> fresh_;
  std::deque<second_look> again_;
};

}  // namespace streamdemo::gateway
