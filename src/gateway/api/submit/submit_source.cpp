#include "gateway/api/submit/submit_source.hpp"

#include <streamdemo/base/hash.hpp>

#include "gateway/api/stream/streams.hpp"
#include "gateway/api/submit/submit_request.hpp"
#include "gateway/api/waiting.hpp"

namespace streamdemo::gateway {

submit_source::submit_source(caller by, places::place place, const kind_info& kind,
                             std::optional<base::milliseconds> deadline)
    : place_(std::move(place)), conversation_(std::make_shared<conversation>(*this, std::move(by), kind, deadline)) {}

submit_source::~submit_source() {
  conversation_->source = nullptr;
  conversation_->changed.notify_all();
}

void submit_source::attach(http::stream_sink& sink) {
  sink_ = &sink;
  conversation_->by.at().here().submissions.spawn([c = conversation_] { return converse(c); });
}

base::awaitable<void> submit_source::converse(std::shared_ptr<conversation> c) {
  auto& a = c->by.at();
  const auto until = std::chrono::steady_clock::now() + a.settings().gateway.request_timeout;
  while (c->source != nullptr && !c->message && std::chrono::steady_clock::now() < until) {
    co_await c->changed.wait_until(until);
  }
  if (!c->message) {
    if (c->source != nullptr) c->source->refuse({problem::timeout, "no message came that submits a task", {}});
    co_return;
  }
  // The text is moved out and not kept: the socket may stay open for as long as its task lasts.
  auto m = parse_submit_message(c->kind, std::exchange(*c->message, {}));
  if (!m) {
    if (c->source != nullptr) c->source->refuse(m.error());
    co_return;
  }
  base::byte_budget::share room(&a.buffers());
  if (!room.hold(m->payload.capacity())) {
    if (c->source != nullptr) c->source->refuse({problem::overloaded, std::string(no_room), {}});
    co_return;
  }
  if (const auto allowed = c->by.take_share(c->kind.name).allowed; !allowed) {
    c->by.tell_refused("submit", {}, allowed.error());
    if (c->source != nullptr) c->source->refuse(allowed.error());
    co_return;
  }
  auto s = c->by.new_submission(c->kind.name, m->key);
  const auto id = s.request_id;
  s.deadline = c->deadline;
  s.payload_hash = base::sha256_hex(m->payload);
  s.payload = std::move(m->payload);
  auto task = co_await a.service().submit(std::move(s));
  c->by.tell_submitted(id, task);
  room.release();
  history_ptr h;
  if (task) h = co_await read_back(a, *task, std::chrono::steady_clock::now() + a.settings().gateway.max_wait);
  if (c->source == nullptr) co_return;
  if (h) {
    c->source->follow(std::move(h));
  } else {
    c->source->refuse(task ? not_read_back(task->request_id) : refusal_of(task.error()));
  }
}

http::stream_state submit_source::pull(std::vector<http::piece>& out, std::size_t max_bytes) {
  if (closing_) {
    out.push_back(own_piece(std::move(last_words_)));
    return http::stream_state::end;
  }
  return events_ ? events_->pull(out, max_bytes) : http::stream_state::wait;
}

http::stream_end submit_source::finish() {
  return closing_ || !events_ ? end_ : events_->finish();
}

void submit_source::on_text(std::string_view message) {
  if (closing_) return;
  if (conversation_->message) {
    refuse({problem::bad_request, "this socket takes one message: the task it submits", {}});
    return;
  }
  conversation_->message = std::string(message);
  conversation_->changed.notify_all();
}

void submit_source::drain() {
  draining_ = true;
  if (events_) {
    events_->drain();
  } else if (!conversation_->message) {
    // Otherwise waits for the submission in progress: the client would not know whether it took effect.
    closing_ = true;
    last_words_ = "{\"type\":\"reconnect\",\"reason\":\"the server restarts\"}";
    end_ = {.complete = false, .close_code = close_restarting, .reason = std::string(restart_reason)};
    if (sink_ != nullptr) sink_->wake();
  }
}

void submit_source::refuse(const refusal& why) {
  const bool later = row_of(why.what).retry_after > 0;
  closing_ = true;
  last_words_ = error_frame(why);
  end_ = {.complete = false,
          .close_code = later ? close_overloaded : close_bad_message,
          .reason = std::string(row_of(why.what).title)};
  sink_->wake();
}

void submit_source::follow(history_ptr h) {
  if (closing_) return;
  events_ = make_source(conversation_->by, std::move(place_), wire::websocket, std::move(h), 0);
  events_->attach(*sink_);
  if (draining_) events_->drain();
  sink_->wake();
}

}  // namespace streamdemo::gateway
