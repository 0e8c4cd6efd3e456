#include "gateway/api/results_body.hpp"

#include <streamdemo/base/json.hpp>

namespace streamdemo::gateway {

namespace {

constexpr std::size_t events_per_read = 256;

base::error lost() {
  return {base::errc::position_lost,
          "some of the task's results are no longer kept here (results.max_bytes, results.keep_for_ms)"};
}

}  // namespace

results_body::results_body(history_ptr h) : history_(std::move(h)) {
  const auto v = history_->view();
  begin_ = v.results_begin > 0 ? v.results_begin : v.last_seq - 1;
  end_ = v.last_seq;
  head_ = "{\"request_id\":" + base::json_string(v.request_id) + ",\"kind\":" + base::json_string(v.kind) +
          ",\"status\":\"" + std::string(task::to_string(v.status)) + "\",\"results\":[";
}

base::result<std::unique_ptr<results_body>> results_body::make(history_ptr h) {
  std::unique_ptr<results_body> b(new results_body(std::move(h)));
  if (auto measured = b->measure(); !measured) return measured.error();
  return b;
}

base::result<void> results_body::measure() {
  size_ = head_.size();
  bool first = true;
  for (auto at = begin_; at < end_;) {
    const auto batch = history_->read(at, events_per_read, SIZE_MAX);
    if (batch.kept_from != 0 || batch.events.empty()) return lost();
    for (const auto& e : batch.events) {
      at = e->seq();
      if (e->type() == task::message_type::ended) {
        tail_ = "],\"ended\":" + std::string(e->json()) + "}\n";
      } else if (e->type() == task::message_type::result) {
        size_ += e->json().size() + (first ? 0 : 1);
        first = false;
      }
    }
  }
  size_ += tail_.size();
  cursor_ = begin_;
  return {};
}

base::awaitable<base::result<std::string>> results_body::next(std::size_t max) {
  co_return piece(max);
}

base::result<std::string> results_body::all() {
  std::string out;
  out.reserve(size_);
  while (part_ != part::done) {
    auto more = piece(SIZE_MAX);
    if (!more) return more.error();
    out += *more;
  }
  return out;
}

base::result<std::string> results_body::piece(std::size_t max) {
  std::string out;
  while (part_ != part::done && out.size() < max) {
    if (part_ == part::head) {
      out += head_;
      part_ = part::results;
    } else if (part_ == part::results) {
      if (auto appended = append_results(out, max); !appended) return appended.error();
    } else {
      out += tail_;
      part_ = part::done;
    }
  }
  return out;
}

base::result<void> results_body::append_results(std::string& out, std::size_t max) {
  const auto batch = history_->read(cursor_, events_per_read, max - out.size());
  if (batch.kept_from != 0 || batch.events.empty()) return lost();
  for (const auto& e : batch.events) {
    if (e->type() == task::message_type::ended) {
      part_ = part::tail;
      return {};
    }
    if (e->type() == task::message_type::result) {
      if (out.size() >= max) return {};
      if (!first_) out += ',';
      first_ = false;
      out += e->json();
    }
    cursor_ = e->seq();
  }
  return {};
}

}  // namespace streamdemo::gateway
