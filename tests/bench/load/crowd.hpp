// Many streaming clients on one epoll, all following one task.
#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <vector>

#include "bench/load/event_counter.hpp"

namespace bench {

class crowd {
 public:
  explicit crowd(std::uint16_t port);
  ~crowd();
  crowd(const crowd&) = delete;

  // Opens `count` more clients and waits until each has its first event.
  void join(const std::string& id, bool websocket, std::size_t count);
  // Reads until `done`, at most `limit`. False: time is up.
  bool read_until(const std::function<bool()>& done, std::chrono::milliseconds limit);
  void leave();

  // True once every client has at least that many results.
  bool all_have(std::uint64_t results) const { return lowest() >= results; }
  bool all_ended() const;
  std::uint64_t events() const;
  std::uint64_t results() const;
  std::uint64_t bytes() const;
  std::size_t size() const { return clients_.size(); }

  // Milliseconds between the `time` in each result and its arrival, of every client; off until called.
  void keep_delays() { keep_delays_ = true; }
  std::vector<double>& delays() { return delays_; }

 private:
  struct client {
    int fd;
    event_counter counter;
    bool open = true;
  };
  std::uint64_t lowest() const;
  void read(client& c);

  std::uint16_t port_;
  int epoll_;
  std::vector<std::unique_ptr<client>> clients_;
  std::size_t started_ = 0;  // that have their first event
  bool keep_delays_ = false;
  std::vector<double> delays_;
  std::vector<char> room_;
};

}  // namespace bench
