#include "gateway/api/body/events_body.hpp"

#include <streamdemo/base/json.hpp>
#include <streamdemo/base/notifier.hpp>

#include <algorithm>
#include <boost/asio/post.hpp>

namespace streamdemo::gateway {

namespace {

constexpr std::size_t events_per_read = 256;
// At most this much is made in one turn of a loop, which takes some tens of microseconds.
constexpr std::size_t bytes_per_turn = 32 << 10;
constexpr std::size_t reads_per_turn = 4;
// A small body has at most this many events to look through.
constexpr std::int64_t small_events = 2048;

base::error lost() {
  return {base::errc::position_lost,
          "some of the task's results are no longer kept here (results.max_bytes, results.keep_for_ms)"};
}

}  // namespace

// Reads what is on disk, on the loop that it was made on.
class events_body::from_disk final : public subscriber {
 public:
  from_disk(const base::executor& ex, history& h) : loaded(ex), reading(h.read_from_disk(*this)) {}
  void on_news() noexcept override { loaded.notify_all(); }

  base::notifier loaded;
  std::unique_ptr<disk_reading> reading;
};

// The bytes that one call makes, up to a bound.
class events_body::piece {
 public:
  piece(std::size_t max, std::size_t skip) : max_(max), skip_(skip) {}

  // Appends what fits of `bytes`, after what an earlier piece already gave. True: nothing of it is left to give.
  bool put(std::string_view bytes) {
    const auto given = std::min<std::size_t>(skip_, bytes.size());
    skip_ -= given;
    bytes.remove_prefix(given);
    const auto now = std::min(bytes.size(), max_ - out_.size());
    out_.append(bytes.substr(0, now));
    cut_ += given + now;
    return now == bytes.size();
  }
  void begin_item() noexcept { cut_ = 0; }
  bool full() const noexcept { return out_.size() >= max_; }
  // How many bytes the next read may bring.
  std::size_t room() const noexcept { return max_ - out_.size() + skip_; }
  // How many bytes of the present item were given, before or now.
  std::size_t cut() const noexcept { return cut_; }
  std::string take() { return std::move(out_); }
  std::size_t size() const noexcept { return out_.size(); }

 private:
  const std::size_t max_;
  std::size_t skip_;
  std::size_t cut_ = 0;
  std::string out_;
};

events_body::events_body(history_ptr h, const base::clock& clock, frame f, range r)
    : history_(std::move(h)), clock_(clock), frame_(std::move(f)), range_(r) {
  const auto commas = range_.count > 1 ? range_.count - 1 : 0;
  size_ = frame_.head.size() + range_.bytes + commas + frame_.tail.size();
  at_.cursor = range_.after;
}

base::result<std::unique_ptr<events_body>> events_body::of_results(history_ptr h, const base::clock& clock,
                                                                   const history::batch& end) {
  const auto v = h->view();
  const auto begin = v.results_begin > 0 ? v.results_begin : v.last_seq - 1;
  if (begin + 1 < v.first_kept) return lost();
  if (end.events.empty()) return lost();
  frame f{.head = "{\"request_id\":" + base::json_string(v.request_id) + ",\"kind\":" + base::json_string(v.kind) +
                  ",\"status\":\"" + std::string(task::to_string(v.status)) + "\",\"results\":[",
          .tail = "],\"ended\":" + std::string(end.events.front()->json()) + "}\n"};
  return std::make_unique<events_body>(std::move(h), clock, std::move(f),
                                       range{.after = begin,
                                             .last = v.last_seq - 1,
                                             .results_only = true,
                                             .bytes = v.result_bytes,
                                             .count = static_cast<std::uint64_t>(v.results)});
}

base::result<std::unique_ptr<events_body>> events_body::of_results(history_ptr h, const base::clock& clock) {
  const auto end = h->read(h->last_seq() - 1, 1, SIZE_MAX);
  return of_results(std::move(h), clock, end);
}

events_body::~events_body() = default;

bool events_body::is_small() const noexcept {
  return size_ <= small_bytes && range_.last - range_.after <= small_events;
}

base::awaitable<base::result<std::string>> events_body::next(std::size_t max) {
  const auto ex = co_await asio::this_coro::executor;
  before_ = at_;
  piece p(std::min(max, bytes_per_turn), at_.skip);
  for (std::size_t reads = 0; at_.in != part::done && !p.full(); ++reads) {
    // If results are rare among the events, many reads are needed for one piece. Let other work run in between.
    if (reads % reads_per_turn == reads_per_turn - 1) co_await asio::post(ex, base::use_awaitable);
    if (auto done = make(p); !done) co_return std::move(done).error();
    if (!std::exchange(must_load_, false)) continue;
    if (p.size() > 0) break;
    if (!disk_) disk_ = std::make_unique<from_disk>(ex, *history_);
    disk_->reading->begin(at_.cursor);
    co_await disk_->loaded.wait();
  }
  given_ = p.size();
  co_return p.take();
}

void events_body::back(std::size_t bytes) {
  at_ = before_;
  at_.skip += given_ - bytes;
  disk_.reset();
}

// What is on disk is taken from there once next() has loaded it.
history::batch events_body::read(std::size_t max_bytes) {
  auto batch = history_->read(at_.cursor, events_per_read, max_bytes);
  if (!batch.on_disk || batch.kept_from != 0) return batch;
  if (disk_) batch = disk_->reading->take(at_.cursor, events_per_read, max_bytes);
  must_load_ = batch.on_disk;
  return batch;
}

base::result<std::string> events_body::all() {
  piece p(SIZE_MAX, 0);
  while (at_.in != part::done) {
    if (auto done = make(p); !done) return std::move(done).error();
    if (std::exchange(must_load_, false)) {
      at_ = {.cursor = range_.after};
      return base::error{base::errc::unavailable, "some of the results are on disk"};
    }
  }
  return p.take();
}

// Adds what comes next, as far as the piece has room; at_ then says where to go on.
base::result<void> events_body::make(piece& p) {
  if (at_.in == part::events) return add_events(p);
  p.begin_item();
  const bool whole = p.put(at_.in == part::head ? frame_.head : frame_.tail);
  at_.skip = whole ? 0 : p.cut();
  if (!whole) return {};
  // The tail contains the task's last event.
  if (at_.in == part::tail && range_.results_only) history_->written(range_.last, range_.last + 1, clock_.now());
  at_.in = at_.in == part::head ? part::events : part::done;
  return {};
}

base::result<void> events_body::add_events(piece& p) {
  if (at_.cursor >= range_.last) {
    at_.in = part::tail;
    return {};
  }
  const auto from = at_.cursor;
  const auto batch = read(p.room());
  if (must_load_) return {};
  if (batch.kept_from != 0 || batch.events.empty()) return lost();
  for (const auto& e : batch.events) {
    if (e->seq() > range_.last) break;
    if (!range_.results_only || e->type() == task::message_type::result) {
      if (p.full() || !add_event(p, e->json())) break;
    }
    at_.cursor = e->seq();
  }
  history_->written(from, at_.cursor, clock_.now());
  return {};
}

// True: the whole event was given.
bool events_body::add_event(piece& p, std::string_view json) {
  p.begin_item();
  const bool whole = (at_.first || p.put(",")) && p.put(json);
  at_.skip = whole ? 0 : p.cut();
  if (whole) at_.first = false;
  return whole;
}

}  // namespace streamdemo::gateway
