// Folds records of `response` into the histories, and wakes each subscriber once per batch.
#include <streamdemo/base/notifier.hpp>
#include <streamdemo/base/partition.hpp>
#include <streamdemo/base/quiet.hpp>
#include <streamdemo/base/shown.hpp>
#include <streamdemo/task/admission.hpp>
#include <streamdemo/task/log_clock.hpp>
#include <streamdemo/task/offer.hpp>

#include <algorithm>

#include "gateway/history/ended_histories.hpp"
#include "gateway/history/histories_metrics.hpp"
#include "gateway/history/history_disk.hpp"
#include "gateway/history/history_index.hpp"
#include "gateway/history/history_notebook.hpp"
#include "gateway/history/memory_bound.hpp"
#include "gateway/history/open_tasks.hpp"
#include "gateway/history/partition_state.hpp"
#include "gateway/history/step_views.hpp"

namespace streamdemo::gateway {

namespace {

// The fold forgets a task this much later than keep_for by our estimate of bus time. So an error in the estimate never
// makes this gateway accept an id again that the others still refuse.
constexpr base::milliseconds forget_margin{60'000};

}  // namespace

class folded_histories final : public histories {
 public:
  folded_histories(options o, base::io_threads& loops, const base::clock& clock, base::metrics& m,
                   const base::logger& log, std::unique_ptr<event_store> disk)
      : options_(o),
        clock_(clock),
        log_(log.child("histories")),
        metrics_(m),
        admission_(o.partitions, clock, log_, {metrics_.unreadable, metrics_.misplaced}),
        index_(o.max_bytes / 16),
        bound_(o.max_bytes),
        wakes_(std::make_shared<wake_lists>(loops, o.max_waiters)),
        room_(loops.executor(0)) {
    for (std::int32_t i = 0; i < o.partitions; ++i) partitions_.emplace_back(task::fold::options{o.keep_for, false});
    bound_.drop_unwritten(true);
    if (!disk) return;
    disk_ = std::make_unique<history_disk>(
        history_disk::options{.max_disk_bytes = o.max_disk_bytes,
                              .max_waiting_bytes = o.max_bytes / 4,
                              .max_loaded_bytes = o.max_bytes / 16},
        std::move(disk), loops, m, log_,
        history_disk::listener{[this] { disk_moved(); }, [this] { erase_unreadable(); }, [this] { write_again(); }});
    notebook_ = std::make_unique<history_notebook>(shape_of(o), *disk_, index_, partitions_);
  }

  ~folded_histories() override { wakes_->shut(); }

  base::awaitable<base::result<void>> open() override {
    if (!disk_) co_return base::result<void>{};
    const auto kept = co_await disk_->open(shape_of(options_));
    if (!kept) co_return kept.error();
    bound_.drop_unwritten(!disk_->works());
    bool restored = false;
    if (*kept) restored = co_await restore();
    if (restored) {
      notebook_->is_whole();
    } else {
      notebook_->write_all();
    }
    co_return base::result<void>{};
  }

  std::optional<place> place_of(std::int32_t partition) const override {
    return partitions_[static_cast<std::size_t>(partition)].place;
  }

  bool is_full() const override { return disk_ && (disk_->is_full() || (over_ && disk_->works())); }
  base::awaitable<void> wait_for_room(base::steady_time until) override { co_await room_.wait_until(until); }

  history_ptr find(std::string_view request_id) const override { return index_.find(request_id); }
  std::vector<history_ptr> recent(std::optional<std::string_view> owner, std::size_t limit,
                                  const std::function<bool(const history&)>& wanted) const override {
    return index_.recent(owner, limit, wanted);
  }
  std::size_t open_tasks() const override { return open_.total(); }
  std::size_t open_tasks_of(const std::string& owner) const override { return open_.of(owner); }

  bool has_room(std::size_t more) const override {
    const auto ones = more * task::fold::open_task_bytes();
    return bound_.essential(open_tasks() + more) + ones <= options_.max_bytes / 2;
  }

  history_ptr find_ended(std::string_view request_id, std::string_view kind) const override {
    const auto partition = base::partition_for(request_id, options_.partitions);
    const auto* t = partitions_[static_cast<std::size_t>(partition)].fold.find(request_id);
    if (t == nullptr || !t->end) return nullptr;
    return std::make_shared<kept_history>(ended_view(*t, kind), nullptr);
  }

  std::unique_ptr<subscription> await_task(std::string request_id, subscriber& s) override {
    return wakes_->await_task(std::move(request_id), s);
  }
  void observe(task_observer* o) override { observer_ = o; }
  base::sys_time bus_now() const override { return bus_clock_.at(clock_.even()).value_or(clock_.now()); }
  void begin_bus_clock(base::sys_time logged, base::steady_time::duration on_its_way) override {
    bus_clock_.begin(logged, clock_.even(), on_its_way);
  }

  void apply(std::span<const base::record_ptr> records) override {
    const auto now = clock_.now();
    set_apart();
    const auto read = clock_.even();
    for (const auto& r : records) {
      bus_clock_.seen(r->log_time, read);
      apply_one(*r, now, read);
      if (disk_) notebook_->applied(*r);
    }
    last_.reset();
    if (disk_) notebook_->write();
    wakes_->flush();
    publish_gauges();
  }

  void tell_places(std::span<const queued_task> tasks) override {
    for (const auto& t : tasks) {
      const auto h = index_.kept(t.request_id);
      if (h && h->set_place(t.place)) wakes_->changed(h);
    }
    wakes_->flush();
  }

  void sweep(base::sys_time now) override {
    while (const auto h = ends_.take(now - options_.keep_for)) give_up(h);
    // Keep what the fold may still need for the next record of the log, whatever the clock of that record's broker
    // says.
    const auto even = clock_.even();
    for (auto& p : partitions_) {
      const auto at = std::min(now - forget_margin, p.clock.log_time(even));
      p.fold.forget(at);
      p.forgotten = at - options_.keep_for;
    }
    set_apart();
    bound_.tidy();
    if (disk_) {
      disk_->sweep(index_.oldest().value_or(now - forget_margin));
      disk_moved();
      notebook_->sweep();
    }
    publish_gauges();
  }

  void restart(std::int32_t partition) override {
    auto& p = partitions_[static_cast<std::size_t>(partition)];
    p.fold = task::fold(task::fold::options{options_.keep_for, false});
    ++p.epoch;
    p.place.reset();
    p.restarting = true;
    // Nothing of what was noted of this partition counts any more; all is noted again once it is read.
    if (disk_) notebook_->begin_anew();
  }

  void finish_restart(std::int32_t partition) override {
    auto& restarted = partitions_[static_cast<std::size_t>(partition)];
    restarted.restarting = false;
    const auto epoch = restarted.epoch;
    for (const auto& h : index_.all()) {
      if (h->epoch() == epoch || base::partition_for(h->peek().request_id, options_.partitions) != partition) continue;
      if (!task::is_end(h->peek().status)) {
        log_.warning("task {} is lost: its records are no longer in the log", h->peek().request_id);
        h->lose();
        over(h);
        wakes_->changed(h);
      }
      give_up(h);
    }
    if (disk_) notebook_->write_all();
    wakes_->flush();
    publish_gauges();
  }

 private:
  using kept_ptr = std::shared_ptr<kept_history>;

  void apply_one(const base::record& r, base::sys_time now, base::steady_time read) {
    const auto admitted = admission_.admit(r);
    // Beyond the known partitions admission passes only `alive` records, and those are about no task.
    if (!admitted || static_cast<std::size_t>(r.partition) >= partitions_.size()) return;
    const auto& m = *admitted;
    auto& p = partitions_[static_cast<std::size_t>(r.partition)];
    const auto written = p.clock.written(r.log_time, bus_now(), read);
    const auto s = p.fold.apply(m, r.log_time);
    if (disk_ && s.state != nullptr) notebook_->touched(m.request_id);
    if (s.breaks_rules) breaks_rules(r, m, s.why, now);
    // Also if the fold has forgotten the task: some of its data may be left.
    if (s.what == task::step::kind::deleted || (m.type == task::message_type::deleted && !p.fold.find(m.request_id))) {
      erase_data(m.request_id);
    } else if (s.what == task::step::kind::event || s.what == task::step::kind::hole) {
      enter(p, s, m, r, now, written);
    } else if (s.what == task::step::kind::released) {
      if (observer_ != nullptr) observer_->on_run(m.request_id, {}, r.log_time);
    } else if (s.what == task::step::kind::alive) {
      if (observer_ != nullptr && tells_offer(m)) observer_->on_offer(m, age_of(r));
    } else if (s.what == task::step::kind::ignored) {
      metrics_.ignored.Increment();
      log_.debug("ignored {} of task {} at {}/{}: {}", task::to_string(m.type), m.request_id, r.partition, r.offset,
                 s.why);
    }
  }

  base::milliseconds age_of(const base::record& r) const {
    return std::max(base::milliseconds(0), std::chrono::floor<base::milliseconds>(bus_now() - r.log_time));
  }

  void enter(partition_state& p, const task::step& s, const task::message& m, const base::record& r, base::sys_time now,
             base::sys_time written) {
    const auto h = history_of(p, s);
    // Before the next line: if the partition is read anew, on_accepted() came again, too.
    if (s.type == task::message_type::started && observer_ != nullptr)
      observer_->on_run(m.request_id, m.source, r.log_time);
    if (!h || s.seq <= h->peek().last_seq) return;
    auto e = event_of(s, m, r);
    const auto bytes_before = h->bytes();
    if (disk_) disk_->added(h, e);
    h->append(std::move(e), *s.state, now);
    if (const auto fraction = fraction_of(s); fraction >= 0) h->set_fraction(fraction);
    bound_.added(h, bytes_before);
    metrics_.events.Increment();
    if (s.state->end) {
      h->keep_from(written);
      ends_.add(written, h);
      over(h);
    }
    enforce_bound();
    wakes_->changed(h);
  }

  // The history that the step belongs to. An `accepted` makes a new one, unless the task's history is still here from
  // before the partition was read anew.
  kept_ptr history_of(partition_state& p, const task::step& s) {
    const auto& t = *s.state;
    if (!last_ || last_->peek().request_id != t.request_id) last_ = index_.kept(t.request_id);
    if (s.type != task::message_type::accepted) return last_;
    if (last_ && last_->epoch() != p.epoch && last_->peek().accepted_at == t.accepted_at) {
      last_->set_epoch(p.epoch);
      if (observer_ != nullptr && !task::is_end(last_->peek().status)) observer_->on_accepted(last_);
      return last_;
    }
    if (last_) {
      if (!task::is_end(last_->peek().status)) over(last_);
      give_up(last_);
    }
    last_ = std::make_shared<kept_history>(accepted_view(t), wakes_, disk_ ? disk_->reads() : nullptr);
    last_->set_epoch(p.epoch);
    bound_.opened(*last_);
    index_.insert(last_);
    open_.add(last_->peek().owner);
    wakes_->created(t.request_id);
    if (observer_ != nullptr) observer_->on_accepted(last_);
    return last_;
  }

  // A stream that still reads the history sees a gap up to its end.
  void erase_data(const std::string& request_id) {
    if (const auto h = index_.kept(request_id)) {
      if (disk_) disk_->removed(*h);
      bound_.removed(*h);
      wakes_->changed(h);
    }
    index_.forget(request_id);
    last_.reset();
    if (disk_) notebook_->touched(request_id);
    metrics_.deleted.Increment();
    if (observer_ != nullptr) observer_->on_deleted(request_id);
  }

  void set_apart() {
    auto bytes = index_.removed_bytes() + ends_.bytes();
    for (const auto& p : partitions_) bytes += p.fold.bytes();
    bound_.set_apart(bytes);
    if (disk_) bound_.set_beside(disk_->bytes());
  }

  void enforce_bound() {
    drop_from_memory();
    // Nothing can be dropped, and nothing will be written that could be: there are too many histories.
    while (over_ && disk_ && disk_->works() && !disk_->is_waiting() && give_up_first_ended()) drop_from_memory();
  }

  void drop_from_memory() {
    const auto n = bound_.enforce();
    over_ = bound_.is_over();
    if (n == 0) return;
    metrics_.dropped.Increment(static_cast<double>(n));
    for (const auto& h : bound_.take_emptied()) {
      if (disk_) disk_->removed(*h);
      index_.remove(h);
      if (disk_) notebook_->touched(h->peek().request_id);
    }
  }

  bool give_up_first_ended() {
    while (const auto h = ends_.take()) {
      if (index_.kept(h->peek().request_id) != h) continue;
      metrics_.dropped.Increment(static_cast<double>(h->peek().last_seq + 1 - h->peek().first_kept));
      give_up(h);
      return true;
    }
    return false;
  }

  // Events were written, or the disk does not work any more.
  void disk_moved() {
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
    enforce_bound();
    notebook_->write();
    if (!is_full()) room_.notify_all();
  }

  void erase_unreadable() {
    for (const auto& h : index_.all()) disk_->erase_unreadable(h);
  }

  // What is on disk counts again once all is written.
  void write_again() {
    notebook_->begin_anew();
    for (const auto& h : index_.all()) {
      disk_->add_again(h);
      disk_->hand_over();
    }
    notebook_->write_all();
    disk_moved();
  }

  // All or nothing, in parts, so that neither the loop is held up nor all notes are in memory at once. False: a note is
  // damaged, or cannot be read.
  base::awaitable<bool> restore() {
    for (known_part part;; part.clear()) {
      const event_store::note_reader take = [&](auto key, auto value) { return part.take(key, value); };
      const auto read = co_await disk_->read_notes(part.last_key(), take);
      if (!read || part.is_damaged() || !restore(part)) {
        forget_restored();
        std::string why = read ? "a note in it cannot be understood" : read.error().message;
        co_await disk_->put_aside(std::move(why));
        co_return false;
      }
      if (!part.is_full()) break;
    }
    set_apart();
    enforce_bound();
    publish_gauges();
    co_return true;
  }

  bool restore(known_part& part) {
    for (auto& t : part.tasks()) restore_task(std::move(t));
    const auto even = clock_.even();
    for (auto& p : part.places()) {
      if (p.partition < 0 || p.partition >= options_.partitions) return false;
      auto& to = partitions_[static_cast<std::size_t>(p.partition)];
      to.place = std::move(p.place);
      to.clock.restore(p.clock, even);
    }
    return true;
  }

  void restore_task(task_note n) {
    auto& p = partitions_[static_cast<std::size_t>(base::partition_for(n.state.request_id, options_.partitions))];
    auto& t = n.state;
    if (t.deleted && observer_ != nullptr) observer_->on_deleted(t.request_id);
    if (n.kept) restore_history(n);
    p.fold.restore(std::move(t));
  }

  void restore_history(const task_note& n) {
    const auto& t = n.state;
    const auto h = std::make_shared<kept_history>(view_of(n), wakes_, disk_->reads());
    h->restore_on_disk(n.disk_from, n.disk_bytes);
    disk_->restored(h);
    bound_.opened(*h);
    index_.insert(h);
    if (t.end) return ends_.add(n.kept_since, h);
    open_.add(t.owner);
    if (observer_ == nullptr) return;
    observer_->on_accepted(h);
    if (t.current) observer_->on_run(t.request_id, t.last_run_source, {});
  }

  // As before restore(): the log will be read from as far back as without a store.
  void forget_restored() {
    for (const auto& h : index_.all()) {
      if (!task::is_end(h->peek().status)) over(h);
      bound_.removed(*h);
      index_.forget(h->peek().request_id);
    }
    for (auto& p : partitions_) p = partition_state(task::fold::options{options_.keep_for, false});
  }

  void over(const kept_ptr& h) {
    open_.remove(h->peek().owner);
    if (observer_ != nullptr) observer_->on_over(h);
  }

  // Removes the history and its events. A reader that still holds it sees a gap.
  void give_up(const kept_ptr& h) {
    if (disk_) disk_->removed(*h);
    bound_.removed(*h);
    index_.remove(h);
    if (disk_) notebook_->touched(h->peek().request_id);
  }

  void breaks_rules(const base::record& r, const task::message& m, std::string_view why, base::sys_time now) {
    metrics_.rule_breaks.Increment();
    quiet_rule_breaks_.say(now, [&](std::size_t n) {
      log_.warning("{} record(s) break the rules, the last is {} of task {} at {}/{}/{}: {}; correct the program ({})",
                   n, task::to_string(m.type), base::shown(m.request_id), r.topic, r.partition, r.offset, why,
                   base::shown(m.source));
    });
  }

  void publish_gauges() {
    metrics_.bytes.Set(static_cast<double>(bound_.bytes()));
    metrics_.essential.Set(static_cast<double>(bound_.essential(open_tasks())));
    metrics_.kept.Set(static_cast<double>(index_.size()));
    metrics_.open.Set(static_cast<double>(open_.total()));
  }

  options options_;
  const base::clock& clock_;
  base::logger log_;
  histories_metrics metrics_;
  task::admission admission_;
  std::vector<partition_state> partitions_;
  history_index index_;
  memory_bound bound_;
  std::shared_ptr<wake_lists> wakes_;
  base::notifier room_;
  bool over_ = false;  // results.max_bytes is exceeded, and nothing may be dropped
  task_observer* observer_ = nullptr;
  task::log_clock bus_clock_;
  kept_ptr last_;  // of the record before: successive records are often of the same task
  ended_histories ends_;
  class open_tasks open_;
  base::quiet quiet_rule_breaks_;
  std::unique_ptr<history_disk> disk_;  // nullptr: there is none
  std::unique_ptr<history_notebook> notebook_;
};

// Every record has an id of its own (CloudEvents); foreign ones may not.
std::string histories::name_of(const base::record& r) {
  constexpr std::size_t most = 200;
  auto name = std::to_string(r.log_time.time_since_epoch().count());
  name.append(1, ' ').append(r.header_value("ce_id").value_or(r.key).substr(0, most));
  return name;
}

std::unique_ptr<histories> make_histories(histories::options o, base::io_threads& loops, const base::clock& clock,
                                          base::metrics& metrics, const base::logger& log,
                                          std::unique_ptr<event_store> disk) {
  return std::make_unique<folded_histories>(o, loops, clock, metrics, log, std::move(disk));
}

std::unique_ptr<histories> make_histories(histories::options o, base::io_threads& loops, const base::clock& clock,
                                          base::metrics& metrics, const base::logger& log) {
  return std::make_unique<folded_histories>(o, loops, clock, metrics, log, nullptr);
}

}  // namespace streamdemo::gateway
