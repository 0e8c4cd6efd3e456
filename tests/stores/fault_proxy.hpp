// A proxy in front of an S3 server that does to a request what the test says. One request per connection, a thread
// each.
#pragma once
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <list>
#include <mutex>
#include <stdexcept>
#include <streamdemo/base/descriptor.hpp>
#include <string>
#include <thread>

namespace streamdemo::stores {

struct fault {
  enum class kind {
    none,
    answer,       // `text`, and the server hears nothing of it
    cut,          // the connection is closed before an answer
    lost_answer,  // the server carries it out, and its answer is lost
    cut_answer,   // after `bytes` of it
    silence       // until the client goes away
  } what = kind::none;
  std::string text;
  std::size_t bytes = 0;
};

// An answer as S3 gives it.
inline std::string s3_error(int status, const std::string& code, const std::string& fields = {}) {
  const auto body = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>" + code +
                    "</Code><Message>made by the test" + "</Message></Error>";
  return "HTTP/1.1 " + std::to_string(status) + " x\r\nContent-Type: application/xml\r\n" + fields +
         "Content-Length: " + std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n" + body;
}

class fault_proxy {
 public:
  // Called with the head of each request.
  using judge = std::function<fault(const std::string&)>;

  // `server`: "http://127.0.0.1:PORT".
  fault_proxy(const std::string& server, judge j)
      : server_port_(static_cast<std::uint16_t>(std::stoi(server.substr(server.rfind(':') + 1)))),
        judge_(std::move(j)) {
    listener_.reset(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    auto a = loopback(0);
    socklen_t size = sizeof a;
    if (::bind(listener_.get(), reinterpret_cast<sockaddr*>(&a), size) != 0 || ::listen(listener_.get(), 64) != 0 ||
        ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&a), &size) != 0) {
      throw std::runtime_error("the proxy cannot listen");
    }
    port_ = ntohs(a.sin_port);
    accepting_ = std::thread([this] { accept_all(); });
  }
  ~fault_proxy() {
    ::shutdown(listener_.get(), SHUT_RDWR);
    accepting_.join();
    for (auto& t : serving_) t.join();
  }
  fault_proxy(const fault_proxy&) = delete;

  std::string address() const { return "http://127.0.0.1:" + std::to_string(port_); }
  int requests() const noexcept { return requests_; }

 private:
  static sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in a{};
    a.sin_family = AF_INET;
    a.sin_port = htons(port);
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return a;
  }

  void accept_all() {
    for (;;) {
      const int fd = ::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC);
      if (fd < 0) return;
      serving_.emplace_back([this, fd] { serve(base::descriptor(fd)); });
    }
  }

  static bool receive(int from, std::string& to) {
    char piece[65536];
    const auto n = ::recv(from, piece, sizeof piece, 0);
    if (n <= 0) return false;
    to.append(piece, static_cast<std::size_t>(n));
    return true;
  }
  static bool send_all(int to, std::string_view bytes) {
    while (!bytes.empty()) {
      const auto n = ::send(to, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
  }

  // The whole request; empty: the client went away.
  static std::string read_request(int from, std::size_t& head) {
    std::string text;
    while ((head = text.find("\r\n\r\n")) == text.npos) {
      if (!receive(from, text)) return {};
    }
    head += 4;
    std::string lower = text.substr(0, head);
    std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
    const auto at = lower.find("\r\ncontent-length:");
    const auto length = at == lower.npos ? 0 : std::stoul(lower.substr(at + 17));
    while (text.size() < head + length) {
      if (!receive(from, text)) return {};
    }
    return text;
  }

  void serve(base::descriptor client) {
    std::size_t head = 0;
    auto request = read_request(client.get(), head);
    if (request.empty()) return;
    ++requests_;
    fault f;
    {
      const std::lock_guard lock(mutex_);
      f = judge_(request.substr(0, head));
    }
    if (f.what == fault::kind::cut) return;
    if (f.what == fault::kind::silence) {
      std::string nothing;
      while (receive(client.get(), nothing)) {
      }
      return;
    }
    if (f.what == fault::kind::answer) {
      // Nothing follows the head of an answer to HEAD.
      const auto end = request.starts_with("HEAD ") ? f.text.find("\r\n\r\n") + 4 : f.text.size();
      send_all(client.get(), std::string_view(f.text).substr(0, end));
      return;
    }
    request.insert(request.find("\r\n") + 2, "Connection: close\r\n");
    base::descriptor server(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const auto a = loopback(server_port_);
    if (::connect(server.get(), reinterpret_cast<const sockaddr*>(&a), sizeof a) != 0) return;
    if (!send_all(server.get(), request)) return;
    std::string answer;
    std::size_t passed = 0;
    while (receive(server.get(), answer)) {
      if (f.what == fault::kind::lost_answer) continue;
      auto n = answer.size();
      if (f.what == fault::kind::cut_answer) n = std::min(n, f.bytes - passed);
      if (!send_all(client.get(), std::string_view(answer).substr(0, n))) return;
      passed += n;
      if (n < answer.size()) return;
      answer.clear();
    }
  }

  const std::uint16_t server_port_;
  base::descriptor listener_;
  std::uint16_t port_ = 0;
  std::mutex mutex_;
  judge judge_;
  std::atomic<int> requests_{0};
  std::list<std::thread> serving_;  // of accepting_, until that has ended
  std::thread accepting_;
};

}  // namespace streamdemo::stores
