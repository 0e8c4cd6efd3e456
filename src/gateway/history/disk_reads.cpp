#include "gateway/history/disk_reads.hpp"

#include <algorithm>

#include "gateway/history/kept_history.hpp"
#include "gateway/history/store/event_store.hpp"

namespace streamdemo::gateway {

namespace {

constexpr std::size_t least_bytes = 16 << 10;
constexpr std::size_t first_bytes = 64 << 10;
constexpr std::size_t most_bytes = 512 << 10;
constexpr std::size_t most_events = 4096;
// A reader who asks for more within this time gets larger parts.
constexpr base::milliseconds quick{50};
// So much each event costs beside its JSON.
constexpr std::size_t per_event = 160;

bool follow(const std::vector<task::event_ptr>& events, std::int64_t after) {
  return std::all_of(events.begin(), events.end(), [&](const auto& e) { return e->seq() == ++after; });
}

}  // namespace

class one_reading final : public disk_reading {
 public:
  one_reading(std::shared_ptr<disk_reads> reads, std::shared_ptr<kept_history> of, subscriber& s)
      : reads_(std::move(reads)), history_(std::move(of)), subscriber_(s) {}

  ~one_reading() override {
    if (request_) request_->who = nullptr;
  }

  history::batch take(std::int64_t after, std::size_t max_events, std::size_t max_bytes) override {
    history::batch b;
    if (request_ && request_->ready) {
      part_ = std::move(request_->answer);
      request_.reset();
      next_ = 0;
      if (part_->events.empty()) {
        part_.reset();
        return history_->read_memory(after, max_events, max_bytes);
      }
    }
    if (!part_ || part_->events[next_]->seq() != after + 1) {
      part_.reset();
      b.on_disk = true;
      return b;
    }
    std::size_t bytes = 0;
    while (next_ < part_->events.size() && b.events.size() < max_events && (b.events.empty() || bytes < max_bytes)) {
      const auto& e = part_->events[next_++];
      bytes += e->json().size();
      b.events.push_back(task::event_ptr(part_, e.get()));
    }
    b.ended = history_->ends_at(b.events.back()->seq());
    if (next_ == part_->events.size()) part_.reset();
    return b;
  }

  void begin(std::int64_t after) override {
    if (request_) return;
    const auto now = std::chrono::steady_clock::now();
    bytes_ = now - asked_ < quick ? std::min(bytes_ * 2, most_bytes) : first_bytes;
    asked_ = now;
    request_.reset(new disk_reads::request{.history = history_,
                                           .after = after,
                                           .max_bytes = reads_->part_bytes(bytes_),
                                           .loop = reads_->loops_[base::current_loop()],
                                           .who = &subscriber_});
    reads_->ask(request_);
  }

 private:
  const std::shared_ptr<disk_reads> reads_;
  const std::shared_ptr<kept_history> history_;
  subscriber& subscriber_;
  disk_reads::request_ptr request_;
  std::shared_ptr<disk_reads::part> part_;
  std::size_t next_ = 0;
  std::size_t bytes_ = first_bytes;
  base::steady_time asked_{};
};

disk_reads::disk_reads(const event_store& store, base::io_threads& loops, std::size_t max_bytes, base::metrics& m)
    : store_(store),
      max_bytes_(max_bytes),
      reads_(m.counter("streamdemo_history_disk_reads_total", "Reads of events that are no longer in memory")),
      failed_(m.counter("streamdemo_history_disk_errors_total", "Reads and writes of history.directory that failed",
                        {{"what", "read"}})) {
  for (std::size_t i = 0; i < loops.size(); ++i) loops_.push_back(loops.executor(i));
}

std::unique_ptr<disk_reading> disk_reads::open(std::shared_ptr<kept_history> of, subscriber& s) {
  return std::make_unique<one_reading>(shared_from_this(), std::move(of), s);
}

void disk_reads::close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    waiting_.clear();
  }
  pool_.join();
}

std::size_t disk_reads::part_bytes(std::size_t wanted) const noexcept {
  const auto used = std::min(bytes(), max_bytes_);
  return std::min(wanted, std::max(least_bytes, (max_bytes_ - used) / 8));
}

void disk_reads::ask(request_ptr r) {
  const std::lock_guard lock(mutex_);
  if (closed_) return;
  waiting_.push_back(std::move(r));
  if (waiting_.size() == 1 && bytes() < max_bytes_) {
    begin(waiting_.front());
    waiting_.pop_front();
  }
}

// With the mutex.
void disk_reads::begin(const request_ptr& r) {
  bytes_ += r->max_bytes;
  pool_.start([this, r] { answer(r); });
}

void disk_reads::answer(const request_ptr& r) {
  auto found = store_.read(r->history->name_on_disk(), r->after, most_events, r->max_bytes);
  reads_.Increment();
  auto answer = std::make_shared<part>(shared_from_this(), r->max_bytes);
  if (!found || !follow(*found, r->after)) {
    failed_.Increment();
  } else {
    std::size_t bytes = 0;
    for (const auto& e : *found) bytes += e->bytes() + per_event;
    bytes_ += bytes;
    release(std::exchange(answer->bytes, bytes));
    answer->events = std::move(*found);
  }
  r->answer = std::move(answer);
  asio::post(r->loop, [r] {
    r->ready = true;
    if (r->who != nullptr) r->who->on_news();
  });
}

void disk_reads::release(std::size_t bytes) {
  bytes_ -= bytes;
  const std::lock_guard lock(mutex_);
  while (!closed_ && !waiting_.empty() && this->bytes() < max_bytes_) {
    begin(waiting_.front());
    waiting_.pop_front();
  }
}

}  // namespace streamdemo::gateway
