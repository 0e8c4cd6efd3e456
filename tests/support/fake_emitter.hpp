// An emitter for tests of handlers. It records what was emitted, and can block its callers or refuse events.
#pragma once
#include <streamdemo/base/notifier.hpp>
#include <streamdemo/processor/handler.hpp>

#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace streamdemo::test {

struct emitted {
  std::string type;  // "result", "progress", "log"
  std::string payload;
  std::string content_type;
  double fraction = 0;
};

class fake_emitter final : public processor::emitter {
 public:
  explicit fake_emitter(base::executor ex) : moved_(ex) {}

  base::awaitable<base::result<void>> result(std::string payload, std::string content_type) override {
    return take({"result", std::move(payload), std::move(content_type), 0});
  }
  base::awaitable<base::result<void>> progress(double fraction, std::string detail) override {
    return take({"progress", std::move(detail), "", fraction});
  }
  base::awaitable<base::result<void>> log(std::string line) override { return take({"log", std::move(line), "", 0}); }

  // Accepts this many events in total. Further callers wait until allow() raises the number.
  void allow(std::size_t in_all) {
    allowed_ = in_all;
    moved_.notify_all();
  }
  // Completes once there are `n` events of `type` (empty: of any type).
  base::awaitable<void> until(std::size_t n, std::string type = {}) {
    while (count(type) < n) co_await moved_.wait();
  }

  std::size_t count(std::string_view type) const {
    std::size_t n = 0;
    for (const auto& e : events) n += type.empty() || e.type == type ? 1 : 0;
    return n;
  }
  std::vector<std::string> payloads(std::string_view type) const {
    std::vector<std::string> all;
    for (const auto& e : events) {
      if (e.type == type) all.push_back(e.payload);
    }
    return all;
  }

  std::vector<emitted> events;
  std::function<void(const emitted&)> on_event;
  std::function<std::optional<base::error>(const emitted&)> refuse;  // called before an event is accepted
  std::size_t most_at_once = 0;                                      // the most concurrent callers so far

 private:
  base::awaitable<base::result<void>> take(emitted e) {
    most_at_once = std::max(most_at_once, ++inside_);
    while (events.size() >= allowed_) co_await moved_.wait();
    --inside_;
    if (refuse) {
      if (auto why = refuse(e)) co_return std::move(*why);
    }
    events.push_back(std::move(e));
    if (on_event) on_event(events.back());
    moved_.notify_all();
    co_return base::result<void>{};
  }

  base::notifier moved_;
  std::size_t allowed_ = std::numeric_limits<std::size_t>::max();
  std::size_t inside_ = 0;
};

}  // namespace streamdemo::test
