#include "gateway/api/results_body.hpp"

#include <streamdemo/base/json.hpp>

#include <algorithm>
#include <boost/asio/post.hpp>

namespace streamdemo::gateway {

namespace {

constexpr std::size_t events_per_read = 256;
// What is made in one turn of a loop: some tens of microseconds.
constexpr std::size_t bytes_per_turn = 32 << 10;
constexpr std::size_t reads_per_turn = 4;
constexpr std::uint64_t small_bytes = 256 << 10;
constexpr std::int64_t small_events = 2048;

base::error lost() {
  return {base::errc::position_lost,
          "some of the task's results are no longer kept here (results.max_bytes, results.keep_for_ms)"};
}

}  // namespace

results_body::results_body(history_ptr h, const base::clock& clock) : history_(std::move(h)), clock_(clock) {}

base::result<std::unique_ptr<results_body>> results_body::make(history_ptr h, const base::clock& clock) {
  std::unique_ptr<results_body> b(new results_body(std::move(h), clock));
  const auto v = b->history_->view();
  b->begin_ = v.results_begin > 0 ? v.results_begin : v.last_seq - 1;
  b->cursor_ = b->begin_;
  if (b->begin_ + 1 < v.first_kept) return lost();
  const auto end = b->history_->read(v.last_seq - 1, 1, SIZE_MAX);
  if (end.events.empty()) return lost();
  b->head_ = "{\"request_id\":" + base::json_string(v.request_id) + ",\"kind\":" + base::json_string(v.kind) +
             ",\"status\":\"" + std::string(task::to_string(v.status)) + "\",\"results\":[";
  b->tail_ = "],\"ended\":" + std::string(end.events.front()->json()) + "}\n";
  b->small_ = v.result_bytes <= small_bytes && v.last_seq - b->begin_ <= small_events;
  const auto commas = v.results > 1 ? v.results - 1 : 0;
  b->size_ = b->head_.size() + v.result_bytes + commas + b->tail_.size();
  return b;
}

base::awaitable<base::result<std::string>> results_body::next(std::size_t max) {
  const auto ex = co_await asio::this_coro::executor;
  const auto most = std::min(max, bytes_per_turn);
  std::string out;
  for (std::size_t reads = 0; part_ != part::done && out.size() < most; ++reads) {
    // Where results are rare among the events, a piece of them is far to go.
    if (reads % reads_per_turn == reads_per_turn - 1) co_await asio::post(ex, base::use_awaitable);
    if (auto done = append(out, most); !done) co_return std::move(done).error();
  }
  co_return out;
}

base::result<std::string> results_body::all() {
  std::string out;
  out.reserve(size_);
  while (part_ != part::done) {
    if (auto done = append(out, SIZE_MAX); !done) return std::move(done).error();
  }
  return out;
}

base::result<void> results_body::append(std::string& out, std::size_t max) {
  if (part_ == part::results) return append_results(out, max);
  out += part_ == part::head ? head_ : tail_;
  part_ = part_ == part::head ? part::results : part::done;
  return {};
}

base::result<void> results_body::append_results(std::string& out, std::size_t max) {
  const auto from = cursor_;
  const auto batch = history_->read(cursor_, events_per_read, max - out.size());
  if (batch.kept_from != 0 || batch.events.empty()) return lost();
  for (const auto& e : batch.events) {
    const bool is_end = e->type() == task::message_type::ended;
    if (is_end) part_ = part::tail;
    if (e->type() == task::message_type::result) {
      if (out.size() >= max) break;
      if (!first_) out += ',';
      first_ = false;
      out += e->json();
    }
    cursor_ = e->seq();
    if (is_end) break;
  }
  history_->written(from, cursor_, clock_.now());
  return {};
}

}  // namespace streamdemo::gateway
