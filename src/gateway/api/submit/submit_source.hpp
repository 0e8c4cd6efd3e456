// A WebSocket that submits one task and then streams its events. A coroutine waits for the message and submits the
// task. The loop's submissions own it, because a submission must finish even if the client goes away. Everything on the
// session's loop.
#pragma once
#include <streamdemo/base/notifier.hpp>

#include "gateway/api/call.hpp"
#include "gateway/api/stream/event_source.hpp"

namespace streamdemo::gateway {

class submit_source final : public http::stream_source {
 public:
  submit_source(caller by, places::place place, const kind_info& kind, std::optional<base::milliseconds> deadline);
  ~submit_source() override;

  void attach(http::stream_sink& sink) override;
  http::stream_state pull(std::vector<http::piece>& out, std::size_t max_bytes) override;
  http::stream_end finish() override;
  std::string_view heartbeat() const override { return {}; }
  void on_text(std::string_view message) override;
  void drain() override;

 private:
  // Shared with the coroutine, which may outlive the source.
  struct conversation {
    conversation(submit_source& s, caller c, const kind_info& k, std::optional<base::milliseconds> d)
        : source(&s), by(std::move(c)), kind(k), deadline(d), changed(by.at().executor_here()) {}
    submit_source* source;  // nullptr: the client is gone
    caller by;
    const kind_info& kind;
    std::optional<base::milliseconds> deadline;
    std::optional<std::string> message;
    base::notifier changed;
  };

  static base::awaitable<void> converse(std::shared_ptr<conversation> c);
  void refuse(const refusal& why);
  void follow(history_ptr h);

  places::place place_;  // until the events have it
  std::shared_ptr<conversation> conversation_;
  http::stream_sink* sink_ = nullptr;
  std::unique_ptr<event_source> events_;  // once the task is accepted
  std::string last_words_;                // a frame before the close
  http::stream_end end_;
  bool closing_ = false;
  bool draining_ = false;
};

}  // namespace streamdemo::gateway
