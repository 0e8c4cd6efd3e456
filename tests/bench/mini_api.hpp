// As much of the product's interface as the load client needs, for servers that stand beside it in a measurement:
// tasks in a row, one at a time, each a number of events of one size.
#pragma once
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

// A task; its events are made at once, each as the bytes that go to the socket.
struct mini_task {
  int results = 0;
  int interval_ms = 0;
  bool canceled = false;
  int published = 0;  // events of `results` that exist
};

class mini_api {
 public:
  mini_api(std::size_t event_bytes, std::size_t poll_bytes) : event_bytes_(event_bytes) {
    const std::string body(poll_bytes > 150 ? poll_bytes - 120 : 30, 'p');
    poll_ = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
            "\r\n\r\n" + body;
  }

  // The event object of an entry, as long as the product's.
  std::string json(int seq, std::string_view type) const {
    std::string s = "{\"type\":\"" + std::string{type} + "\",\"seq\":" + std::to_string(seq) + ",\"data\":\"";
    if (s.size() + 2 < event_bytes_) s.append(event_bytes_ - s.size() - 2, 'd');
    return s + "\"}";
  }
  std::string sse(int seq, std::string_view type) const {
    return "id: " + std::to_string(seq) + "\nevent: " + std::string{type} + "\ndata: " + json(seq, type) + "\n\n";
  }
  const std::string& poll_answer() const { return poll_; }

  static std::string sse_head() {
    return "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store, no-transform\r\n"
           "Transfer-Encoding: chunked\r\n\r\n";
  }
  static std::string websocket_head() {
    return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
  }

  // The answer to a submission or a cancel.
  std::string submit(std::string_view body) {
    tasks_.push_back({number(body, "\"results\":"), number(body, "\"interval_ms\":")});
    const std::string text = "{\"request_id\":\"" + std::to_string(tasks_.size() - 1) + "\"}";
    return "HTTP/1.1 202 Accepted\r\nConnection: close\r\nContent-Length: " + std::to_string(text.size()) + "\r\n\r\n" +
           text;
  }
  std::string cancel(std::string_view target) {
    tasks_[id_in(target)].canceled = true;
    return "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}";
  }

  // The task in "/api/tasks/<id>/…".
  static std::size_t id_in(std::string_view target) {
    std::size_t id = 0;
    const std::string_view digits = target.substr(target.find("/tasks/") + 7);
    std::from_chars(digits.data(), digits.data() + digits.size(), id);
    return id;
  }
  mini_task& task(std::size_t id) { return tasks_[id]; }
  // The one that runs: the first that was not canceled; -1: none.
  int current() const {
    for (std::size_t i = 0; i < tasks_.size(); ++i) {
      if (!tasks_[i].canceled) return static_cast<int>(i);
    }
    return -1;
  }

 private:
  static int number(std::string_view body, std::string_view key) {
    int n = 0;
    const std::size_t at = body.find(key);
    if (at != std::string_view::npos) std::from_chars(body.data() + at + key.size(), body.data() + body.size(), n);
    return n;
  }

  std::size_t event_bytes_;
  std::string poll_;
  std::vector<mini_task> tasks_;
};

}  // namespace bench
