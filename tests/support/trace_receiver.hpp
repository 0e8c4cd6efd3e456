// Takes requests for traces on a port of its own, and answers each as it is told. Does not look into them.
#pragma once
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace streamdemo::test {

class trace_receiver {
 public:
  // `answer`: the head and body for request number 1, 2, …; empty: none comes.
  using answering = std::function<std::string(int)>;
  explicit trace_receiver(answering answer) : answer_(std::move(answer)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in a{};
    a.sin_family = AF_INET;
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t n = sizeof a;
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&a), n) != 0 || ::listen(listener_, 16) != 0 ||
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&a), &n) != 0) {
      throw std::runtime_error("no port for a receiver of traces");
    }
    port_ = ntohs(a.sin_port);
    thread_ = std::thread([this] { work(); });
  }
  ~trace_receiver() {
    ending_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    {
      const std::lock_guard lock(mutex_);
      if (open_ >= 0) ::shutdown(open_, SHUT_RDWR);
    }
    changed_.notify_all();
    thread_.join();
    ::close(listener_);
  }

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/v1/traces"; }

  // The heads of so many requests. Throws after half a minute.
  std::vector<std::string> wait_for(std::size_t n) {
    std::unique_lock lock(mutex_);
    const auto there = [&] { return heads_.size() >= n; };
    if (!changed_.wait_for(lock, std::chrono::seconds(30), there)) throw std::runtime_error("no such request came");
    return heads_;
  }

 private:
  void work() {
    while (!ending_) {
      const int c = ::accept(listener_, nullptr, nullptr);
      if (c < 0) return;
      {
        const std::lock_guard lock(mutex_);
        open_ = c;
      }
      serve(c);
      const std::lock_guard lock(mutex_);
      open_ = -1;
      ::close(c);
    }
  }

  // One connection, until the client ends it.
  void serve(int c) {
    std::string text;
    for (char part[65536]; !ending_;) {
      const auto n = ::recv(c, part, sizeof part, 0);
      if (n <= 0) return;
      text.append(part, static_cast<std::size_t>(n));
      const auto head = text.find("\r\n\r\n");
      if (head == std::string::npos) continue;
      const auto at = text.find("Content-Length: ");
      const auto length = std::stoul(text.substr(at + 16));
      if (text.size() < head + 4 + length) continue;
      const auto answer = answer_(++count_);
      {
        const std::lock_guard lock(mutex_);
        heads_.push_back(text.substr(0, head));
      }
      changed_.notify_all();
      text.clear();
      if (!answer.empty()) (void)::send(c, answer.data(), answer.size(), MSG_NOSIGNAL);
    }
  }

  const answering answer_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<bool> ending_{false};
  int count_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  int open_ = -1;
  std::vector<std::string> heads_;
  std::thread thread_;
};

inline std::string status_line(std::string status, const std::string& more = {}) {
  return "HTTP/1.1 " + std::move(status) + "\r\nContent-Length: 0\r\n" + more + "\r\n";
}

}  // namespace streamdemo::test
