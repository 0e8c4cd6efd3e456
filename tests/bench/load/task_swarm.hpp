// Clients that each do one task after the other, a connection per task. WebSocket: connect, upgrade, send the task,
// read its events to the end, say goodbye. SSE: connect, POST the task, read its events from the answer, close. A task
// that ends with fewer or more results than it was asked for ends the program. One epoll for all.
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "bench/load/event_counter.hpp"

namespace bench {

class task_swarm {
 public:
  // `task`: the JSON that each client sends to /api/simulate, and how many results it makes.
  task_swarm(std::uint16_t port, std::size_t clients, bool websocket, std::string_view task, std::uint64_t results);
  ~task_swarm();
  task_swarm(const task_swarm&) = delete;

  // Works for so long. What is under way then goes on with the next call.
  void work_for(std::chrono::milliseconds time);
  // Lets what is under way come to its end, at most for so long, and starts nothing new. False: time is up.
  bool finish(std::chrono::milliseconds limit);

  std::uint64_t tasks() const { return tasks_; }
  // Milliseconds from the `time` in each result to its arrival; and from connecting to `ended` of each task.
  std::vector<double>& delays() { return delays_; }
  std::vector<double>& durations() { return durations_; }
  // Forgets what was counted so far: the warm-up.
  void reset();

 private:
  struct client {
    std::size_t number = 0;
    int fd = -1;
    bool asked = false;  // the WebSocket's first message, the task, was sent
    event_counter counter{true};
    std::chrono::steady_clock::time_point began;
  };

  void begin(client& c);
  void turn(int wait_ms);
  void on_ready(client& c, std::uint32_t events);
  void on_bytes(client& c, std::string_view bytes);
  void leave(client& c);

  std::uint16_t port_;
  bool websocket_;
  std::uint64_t results_;
  std::string opening_;  // what a client sends when it is connected
  std::string frame_;    // WebSocket: the task, masked
  int epoll_;
  std::vector<std::unique_ptr<client>> clients_;
  std::size_t open_ = 0;
  bool finishing_ = false;
  std::uint64_t tasks_ = 0;
  std::vector<double> delays_;
  std::vector<double> durations_;
  std::vector<char> room_;
};

}  // namespace bench
