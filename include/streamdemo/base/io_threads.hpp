// Event loops: one io_context per thread. The gateway's single-threaded parts (histories, task service) run on loop 0.
#pragma once
#include <memory>
#include <streamdemo/base/asio.hpp>
#include <thread>
#include <vector>

namespace streamdemo::base {

class io_threads {
 public:
  explicit io_threads(std::size_t count, std::string name);
  ~io_threads();  // stop() and join()

  std::size_t size() const noexcept { return contexts_.size(); }
  base::executor executor(std::size_t i) { return contexts_[i]->get_executor(); }

  // Starts the threads; each runs until stop().
  void start();
  // Ends the loops at once, even if they have work left. Join everything that runs on them first.
  void stop();
  void join();

 private:
  std::string name_;
  std::vector<std::unique_ptr<asio::io_context>> contexts_;
  std::vector<asio::executor_work_guard<base::executor>> guards_;
  std::vector<std::thread> threads_;
};

// The index of the loop that runs on the calling thread, 0 … size()-1; 0 on a thread without such a loop.
std::size_t current_loop() noexcept;

}  // namespace streamdemo::base
