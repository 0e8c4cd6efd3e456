#include "integration/stream_reader.hpp"

#include <stdexcept>

namespace streamdemo::test {

stream_reader::stream_reader(base::executor ex, std::uint16_t port, transport t, std::string id, std::int64_t after)
    : caller_(ex, port), transport_(t), id_(std::move(id)), cursor_(after) {}

base::awaitable<std::optional<std::string>> stream_reader::next() {
  if (!opened_) co_await open();
  while (ready_.empty() && !ended_) co_await fill();
  if (ready_.empty()) co_return std::nullopt;
  auto e = std::move(ready_.front());
  ready_.pop_front();
  co_return e;
}

base::awaitable<void> stream_reader::open() {
  opened_ = true;
  const auto target = "/api/tasks/" + id_ + "/events?after=" + std::to_string(cursor_);
  fields f;
  base::result<http::client_response> r = http::client_response{};
  if (transport_ == transport::websocket) {
    f.push_back({"Sec-WebSocket-Protocol", "streamdemo.v1"});
    r = co_await caller_.raw().open_websocket(target, std::move(f), in_time());
  } else if (transport_ == transport::sse || transport_ == transport::json_lines) {
    f.push_back({"Accept", transport_ == transport::sse ? "text/event-stream" : "application/x-ndjson"});
    r = co_await caller_.raw().open_stream(target, std::move(f), in_time());
  }
  if (!r) throw std::runtime_error("open: " + r.error().message);
  if (r->status == 204) ended_ = true;
  if (r->status != 200 && r->status != 101 && r->status != 204 && r->status != 0) {
    throw std::runtime_error("open: " + std::to_string(r->status));
  }
}

base::awaitable<void> stream_reader::poll() {
  fields f;
  if (transport_ == transport::long_poll) f.push_back({"Prefer", "wait=20"});
  const auto r = co_await caller_.get("/api/tasks/" + id_ + "?after=" + std::to_string(cursor_), std::move(f));
  if (r.status != 200) throw std::runtime_error("poll: " + std::to_string(r.status) + " " + r.body);
  const auto body = parse(r.body).as_object();
  for (auto& e : objects_of(r.body, "events")) ready_.push_back(std::move(e));
  cursor_ = body.at("next").as_int64();
  const auto& status = body.at("status").as_string();
  ended_ = !body.at("more").as_bool() && status != "queued" && status != "running";
}

base::awaitable<void> stream_reader::fill() {
  if (transport_ == transport::poll || transport_ == transport::long_poll) {
    co_await poll();
    co_return;
  }
  if (transport_ == transport::websocket) {
    auto m = co_await caller_.raw().read_message(in_time());
    if (m) {
      ready_.push_back(std::move(*m));
    } else if (m.error().message.starts_with("1000")) {
      ended_ = true;
    } else {
      throw std::runtime_error("cut: " + m.error().message);
    }
    co_return;
  }
  auto bytes = co_await caller_.raw().read_some(in_time());
  if (!bytes) throw std::runtime_error("cut: " + bytes.error().message);
  if (bytes->empty()) ended_ = true;
  if (transport_ == transport::sse) {
    sse_.feed(*bytes);
    while (auto f = sse_.next()) {
      if (!f->data.empty()) ready_.push_back(std::move(f->data));
    }
    co_return;
  }
  lines_.feed(*bytes);
  while (const auto line = lines_.next()) ready_.emplace_back(*line);
}

}  // namespace streamdemo::test
