#include "gateway/history/history_disk.hpp"

#include <algorithm>

namespace streamdemo::gateway {

namespace {

constexpr int sweeps_between_erasures = 10;
constexpr std::uint64_t least_disk_bytes = 16 << 20;

}  // namespace

history_disk::history_disk(options o, std::unique_ptr<event_store> store, base::io_threads& loops, base::metrics& m,
                           const base::logger& log, listener l)
    : options_(o),
      max_bytes_(o.max_disk_bytes),
      store_(std::move(store)),
      log_(log.child("disk")),
      listener_(std::move(l)),
      reads_(std::make_shared<disk_reads>(*store_, loops, o.max_loaded_bytes, m)),
      writer_(std::make_unique<write_behind>(*store_, loops.executor(0),
                                             [this](write_behind::outcome out) { take(std::move(out)); })),
      disk_bytes_(m.gauge("streamdemo_history_disk_bytes",
                          "Size of the files in history.directory, bounded by history.max_disk_bytes")),
      waiting_(m.gauge("streamdemo_history_disk_waiting_events",
                       "Events that wait to be written; they count in results.max_bytes, and when they take a quarter "
                       "of it, reading the log pauses")),
      works_(m.gauge("streamdemo_history_disk_works",
                     "1 while events are written to history.directory, 0 while it fails and memory is all there is")),
      damaged_(m.gauge("streamdemo_history_disk_damaged",
                       "1 once a file in history.directory was found damaged: nothing is written there until the next "
                       "start, which reads the log instead, or until nothing there is kept any more")),
      failed_(m.counter("streamdemo_history_disk_errors_total", "Reads and writes of history.directory that failed",
                        {{"what", "write"}})) {}

history_disk::~history_disk() {
  writer_->close();
  reads_->close();
}

void history_disk::tell_aside(std::string_view why) {
  log_.warning(
      "what was in history.directory is put aside in its folder events.aside, which may be deleted, and the log is "
      "read "
      "instead: {}",
      why);
}

base::awaitable<void> history_disk::put_aside(std::string why) {
  bytes_on_disk_ = 0;
  large_.clear();
  if (!works()) co_return;
  const auto done = co_await reads_->threads().run([&] { return store_->put_aside(); });
  if (done) {
    tell_aside(why);
  } else {
    break_off(done.error().message);
  }
}

base::awaitable<base::result<void>> history_disk::read_notes(std::string_view after,
                                                             const event_store::note_reader& f) {
  co_return co_await reads_->threads().run([&] { return store_->read_notes(after, f); });
}

base::awaitable<base::result<bool>> history_disk::open(std::string shape) {
  auto opened = co_await reads_->threads().run([&] { return store_->open(shape); });
  if (!opened && (opened.error().code == base::errc::invalid_argument || opened.error().code == base::errc::conflict)) {
    co_return opened.error();
  }
  writer_->start();
  if (opened) {
    if (!opened->why.empty()) tell_aside(opened->why);
    state_ = state::works;
    works_.Set(1);
  } else {
    state_ = state::works;
    break_off(opened.error().message);
  }
  co_return opened && opened->kept;
}

void history_disk::note(event_store::note n) {
  if (!works()) return;
  waiting_bytes_ += write_behind::memory_of(n);
  writer_->note(std::move(n));
}

void history_disk::restored(const kept_ptr& h) {
  bytes_on_disk_ += h->disk()->bytes;
  if (!h->disk()->stretches.empty()) large_.push_back(h);
}

void history_disk::added(const kept_ptr& h, const task::event_ptr& e) {
  if (!works()) return;
  if (waiting_events_ == 0) idle_sweeps_ = 0;
  waiting_bytes_ += e->bytes();
  waiting_.Set(static_cast<double>(++waiting_events_));
  h->queued(e->seq(), write_behind::bytes_on_disk(*e));
  writer_->add(h, e);
}

void history_disk::removed(const kept_history& h) {
  const auto& d = *h.disk();
  // One that was deleted, and that a client still holds, is removed once more at the end of keep_for.
  if (d.gone) return;
  bytes_on_disk_ -= d.bytes;
  std::erase_if(large_, [&](const auto& l) { return l.get() == &h; });
  if (d.queued < d.from) return;
  if (works()) {
    writer_->erase(h.name_on_disk(), d.from, d.queued);
  } else {
    has_remains_ = true;
  }
}

void history_disk::erase_unreadable(const kept_ptr& h) {
  const auto& d = *h->disk();
  if (d.stored + 1 >= h->in_memory_from()) return;
  bytes_on_disk_ -= d.bytes;
  std::erase(large_, h);
  const auto through = std::min(d.queued, h->in_memory_from() - 1);
  if (through >= d.from) {
    unreadable_.push_back({.name = h->name_on_disk(), .add = {}, .erase_through = through, .erase_from = d.from});
  }
  h->begin_disk_anew();
}

void history_disk::add_again(const kept_ptr& h) {
  erase_unreadable(h);
  for (const auto& e : h->unwritten()) added(h, e);
}

std::size_t history_disk::bytes() const noexcept {
  constexpr std::size_t per_waiting = 64;
  return store_->memory_bytes() + reads_->bytes() + waiting_events_ * per_waiting;
}

// The files take a little more than what is in them: what was erased goes from them later.
bool history_disk::is_over() const noexcept {
  return bytes_on_disk_ > max_bytes_ - max_bytes_ / 8;
}

history_disk::kept_ptr history_disk::drop_of_largest() {
  std::erase_if(large_, [](const auto& h) { return h->disk()->stretches.empty(); });
  const auto smaller = [](const auto& a, const auto& b) { return a->disk()->bytes < b->disk()->bytes; };
  const auto it = std::max_element(large_.begin(), large_.end(), smaller);
  if (it == large_.end()) return nullptr;
  const auto dropped = (*it)->drop_first_on_disk();
  bytes_on_disk_ -= dropped.bytes;
  if (works()) writer_->erase((*it)->name_on_disk(), dropped.from, dropped.through);
  return *it;
}

void history_disk::stop_writing(state to) {
  state_ = to;
  idle_sweeps_ = 0;
  has_remains_ = true;
  waiting_bytes_ = waiting_events_ = 0;
  writer_->give_up(++round_);
  works_.Set(0);
  waiting_.Set(0);
  failed_.Increment();
}

void history_disk::give_up_writing(std::string_view why) {
  stop_writing(state::damaged);
  damaged_.Set(1);
  warned_ = true;
  log_.error(
      "a file in history.directory is damaged, and nothing is written there any more: {}; what can still be read there "
      "is served, and of what comes the gateway keeps what fits into results.max_bytes; restart it, and it puts the "
      "directory's events aside and reads the log instead",
      why);
}

void history_disk::break_off(std::string_view why) {
  if (!works()) return;
  stop_writing(state::broken);
  warned_ = sweeps_since_warning_ >= warn_again;
  if (!warned_) return;
  sweeps_since_warning_ = 0;
  log_.warning(
      "history.directory takes no more events, until it does the gateway keeps what fits into results.max_bytes: {}; "
      "make room there, or set it to another directory",
      why);
}

void history_disk::sweep(base::sys_time oldest) {
  if (state_ == state::closed) return;
  ++idle_sweeps_;
  if (works()) ++sweeps_since_warning_;
  if (works() && is_waiting() && idle_sweeps_ > patience) break_off("a write has taken longer than ten seconds");
  if (!works() && !recovering_ && idle_sweeps_ >= retry) {
    idle_sweeps_ = 0;
    listener_.on_retry();
    const bool everything = bytes_on_disk_ == 0;
    recovering_ = everything || state_ == state::broken;
    if (recovering_) writer_->recover(std::exchange(unreadable_, {}), everything);
  }
  if (!works() || ++sweeps_ % sweeps_between_erasures != 0) return;
  writer_->erase_before(oldest, has_remains_);
  has_remains_ = false;
}

void history_disk::count(const write_behind::outcome& o) {
  for (const auto& w : o.events) {
    const bool was_small = w.of->disk()->stretches.empty();
    bytes_on_disk_ += w.of->stored(w.from, w.through, w.disk);
    if (was_small && !w.of->disk()->stretches.empty() &&
        std::find(large_.begin(), large_.end(), w.of) == large_.end()) {
      large_.push_back(w.of);
    }
  }
}

void history_disk::take(write_behind::outcome o) {
  disk_bytes_.Set(static_cast<double>(o.disk_bytes));
  if (o.recovery) return take_recovery(o);
  if (o.error && o.error->code == base::errc::corrupt) {
    if (works()) give_up_writing(o.error->message);
  } else if (o.error) {
    if (o.round == round_) {
      // There is less room than was planned: from now on, what ended first goes before it is used up.
      if (o.error->code == base::errc::no_space && bytes_on_disk_ >= least_disk_bytes) {
        max_bytes_ = std::min(max_bytes_, bytes_on_disk_ - bytes_on_disk_ / 4);
      }
      break_off(o.error->message);
    }
  } else {
    count(o);
    if (o.round == round_) {
      waiting_bytes_ -= o.memory;
      waiting_events_ -= o.count;
      idle_sweeps_ = 0;
      waiting_.Set(static_cast<double>(waiting_events_));
    }
  }
  listener_.on_progress();
}

void history_disk::take_recovery(const write_behind::outcome& o) {
  recovering_ = false;
  idle_sweeps_ = 0;
  if (o.error && o.error->code == base::errc::corrupt && state_ == state::broken) {
    return give_up_writing(o.error->message);
  }
  if (o.error) {
    failed_.Increment();
    log_.debug("history.directory still fails: {}", o.error->message);
    return;
  }
  state_ = state::works;
  works_.Set(1);
  damaged_.Set(0);
  if (warned_) log_.info("history.directory takes events again");
  listener_.on_recovered();
  for (auto& c : std::exchange(unreadable_, {})) writer_->erase(std::move(c.name), c.erase_from, c.erase_through);
}

}  // namespace streamdemo::gateway
