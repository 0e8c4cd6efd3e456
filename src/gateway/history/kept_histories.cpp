#include "gateway/history/kept_histories.hpp"

namespace streamdemo::gateway {

kept_histories::kept_histories(options o, std::unique_ptr<event_store> disk, std::vector<partition_state>& partitions,
                               std::shared_ptr<wake_lists> wakes, base::io_threads& loops, base::metrics& m,
                               histories_metrics& metrics, const base::logger& log)
    : options_(std::move(o)),
      metrics_(metrics),
      partitions_(partitions),
      wakes_(std::move(wakes)),
      index_(options_.max_bytes / 16, history_index::most_removed,
             [this](task_view v, const rested_history::place& p) { return wake(std::move(v), p); }),
      bound_(options_.max_bytes, history_index::bytes_at_rest()),
      room_(loops.executor(0)) {
  bound_.drop_unwritten(true);
  if (!disk) return;
  disk_ = std::make_unique<history_disk>(
      history_disk::options{.max_disk_bytes = options_.max_disk_bytes,
                            .max_waiting_bytes = options_.max_bytes / 4,
                            .max_loaded_bytes = options_.max_bytes / 16},
      std::move(disk), loops, m, log,
      history_disk::listener{[this] { disk_moved(); }, [this] { erase_unreadable(); }, [this] { write_again(); }});
  notebook_ = std::make_unique<history_notebook>(options_.shape, *disk_, index_, partitions_);
}

kept_histories::kept_ptr kept_histories::open(task_view first, std::uint32_t epoch) {
  auto h = std::make_shared<kept_history>(std::move(first), wakes_, disk_ ? disk_->reads() : nullptr);
  h->set_epoch(epoch);
  bound_.opened(*h);
  index_.insert(h);
  return h;
}

void kept_histories::append(const kept_ptr& h, task::event_ptr e, const task::task_state& t, base::sys_time now) {
  // More than its end was known of: the log has lost a part and goes on differently.
  if (h->is_at_rest()) {
    index_.stay_awake(h);
    bound_.woke_up(*h);
  }
  const auto bytes_before = h->bytes();
  if (disk_) disk_->added(h, e);
  h->append(std::move(e), t, now);
  bound_.added(h, bytes_before);
}

void kept_histories::trace(const kept_ptr& h, tracing::tracer& t, std::int64_t seq, task::message_type type,
                           const tracing::trace_context& parent, const base::record& r, base::sys_time at) {
  const auto bytes_before = h->bytes();
  h->trace(t, seq, type, parent, r, at);
  bound_.added(h, bytes_before);
}

void kept_histories::ended(const kept_ptr& h, base::sys_time since) {
  index_.ended(h, since);
}

void kept_histories::give_up(const kept_ptr& h) {
  if (disk_) disk_->removed(*h);
  bound_.removed(*h);
  index_.remove(h);
  touched(h->peek().request_id);
}

void kept_histories::give_up_ended_before(base::sys_time at) {
  while (const auto h = index_.first_ended(at)) give_up(h);
}

kept_histories::kept_ptr kept_histories::erase(const std::string& request_id) {
  auto h = index_.kept(request_id);
  if (h) {
    if (disk_) disk_->removed(*h);
    bound_.removed(*h);
  }
  index_.forget(request_id);
  touched(request_id);
  return h;
}

void kept_histories::count_the_rest() {
  auto bytes = index_.bytes_beside();
  for (const auto& p : partitions_) bytes += p.fold.bytes();
  bound_.set_apart(bytes);
  if (disk_) bound_.set_beside(disk_->bytes());
}

void kept_histories::enforce() {
  drop_from_memory();
  // Nothing can be dropped, and nothing will be written that could be: there are too many histories.
  while (over_ && disk_ && disk_->works() && !disk_->is_waiting() && give_up_first_ended()) drop_from_memory();
}

void kept_histories::drop_from_memory() {
  const auto n = bound_.enforce();
  rest();
  over_ = bound_.is_over();
  if (n == 0) return;
  metrics_.dropped.Increment(static_cast<double>(n));
  for (const auto& h : bound_.take_emptied()) {
    if (disk_) disk_->removed(*h);
    index_.remove(h);
    touched(h->peek().request_id);
  }
}

void kept_histories::rest() {
  for (const auto& h : bound_.take_rested()) {
    disk_->rested(h);
    if (!index_.rest(h)) bound_.woke_up(*h);
  }
}

bool kept_histories::give_up_first_ended() {
  const auto h = index_.first_ended();
  if (!h) return false;
  metrics_.dropped.Increment(static_cast<double>(h->peek().last_seq + 1 - h->peek().first_kept));
  give_up(h);
  return true;
}

void kept_histories::sweep(base::sys_time oldest) {
  count_the_rest();
  bound_.tidy();
  if (!disk_) return;
  disk_->sweep(index_.oldest().value_or(oldest));
  disk_moved();
  notebook_->sweep();
}

// Events were written, or the disk does not work any more.
void kept_histories::disk_moved() {
  bound_.drop_unwritten(!disk_->works());
  while (disk_->is_over() && give_up_first_ended()) {
  }
  while (disk_->works() && disk_->is_over()) {
    const auto h = disk_->drop_of_largest();
    if (h) {
      notebook_->touched(h->peek().request_id);
    } else {
      disk_->break_off("history.max_disk_bytes is used up by tasks that have not ended");
    }
  }
  bound_.drop_unwritten(!disk_->works());
  enforce();
  notebook_->write();
  if (!is_full()) room_.notify_all();
}

void kept_histories::erase_unreadable() {
  for (const auto& h : index_.awake()) disk_->erase_unreadable(h);
}

// What is on disk counts again once all is written.
void kept_histories::write_again() {
  notebook_->begin_anew();
  for (const auto& h : index_.awake()) {
    disk_->add_again(h);
    disk_->hand_over();
  }
  notebook_->write_all();
  disk_moved();
}

base::awaitable<base::result<bool>> kept_histories::open_store() {
  if (!disk_) co_return false;
  auto kept = co_await disk_->open(options_.shape);
  if (kept) bound_.drop_unwritten(!disk_->works());
  co_return kept;
}

// Of one at rest. Any thread.
kept_histories::kept_ptr kept_histories::wake(task_view v, const rested_history::place& p) const {
  auto h = std::make_shared<kept_history>(std::move(v), wakes_, disk_->reads());
  h->restore_on_disk(p.disk_from, p.disk_bytes);
  h->set_epoch(p.epoch);
  h->rest(history_index::bytes_at_rest());
  return h;
}

kept_histories::kept_ptr kept_histories::restore(const task_note& n) {
  auto view = view_of(n);
  if (n.state.end && index_.insert_rested(view, {.disk_from = n.disk_from, .disk_bytes = n.disk_bytes})) {
    bound_.opened_at_rest();
    disk_->restored(n.disk_bytes);
    return nullptr;
  }
  auto h = open(std::move(view), 0);
  h->restore_on_disk(n.disk_from, n.disk_bytes);
  disk_->restored(h);
  if (n.state.end) index_.ended(h, n.kept_since);
  return h;
}

base::awaitable<void> kept_histories::forget_restored(std::string why) {
  for (const auto& h : index_.awake()) bound_.removed(*h);
  bound_.removed_all();
  index_.forget_all();
  co_await disk_->put_aside(std::move(why));
}

}  // namespace streamdemo::gateway
