// Folds records of `response` into the histories, and wakes each subscriber once per batch.
#include <streamdemo/base/partition.hpp>
#include <streamdemo/base/quiet.hpp>
#include <streamdemo/base/shown.hpp>
#include <streamdemo/task/admission.hpp>
#include <streamdemo/task/log_clock.hpp>
#include <streamdemo/task/offer.hpp>

#include <algorithm>

#include "gateway/history/kept_histories.hpp"
#include "gateway/history/open_tasks.hpp"
#include "gateway/history/step_views.hpp"

namespace streamdemo::gateway {

namespace {

// The fold forgets a task this much later than keep_for by our estimate of bus time. So an error in the estimate never
// makes this gateway accept an id again that the others still refuse.
constexpr base::milliseconds forget_margin{60'000};

// What is read back at the start was delivered by somebody else, long ago.
constexpr base::milliseconds oldest_traced{60'000};

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
        partitions_(static_cast<std::size_t>(o.partitions), partition_state(fold_options())),
        wakes_(std::make_shared<wake_lists>(loops, o.max_waiters)),
        kept_({.max_bytes = o.max_bytes, .max_disk_bytes = o.max_disk_bytes, .shape = shape_of(o)}, std::move(disk),
              partitions_, wakes_, loops, m, metrics_, log_) {}

  ~folded_histories() override { wakes_->shut(); }

  base::awaitable<base::result<void>> open() override {
    const auto has_notes = co_await kept_.open_store();
    if (!has_notes) co_return has_notes.error();
    bool restored = false;
    if (*has_notes) restored = co_await restore();
    if (restored) {
      kept_.all_restored();
    } else {
      kept_.write_all_notes();
    }
    co_return base::result<void>{};
  }

  std::optional<place> place_of(std::int32_t partition) const override {
    return partitions_[static_cast<std::size_t>(partition)].place;
  }

  bool is_full() const override { return kept_.is_full(); }
  base::awaitable<void> wait_for_room(base::steady_time until) override { return kept_.wait_for_room(until); }

  history_ptr find(std::string_view request_id) const override { return kept_.index().find(request_id); }
  std::unique_ptr<history_walk> newest_first(std::optional<std::string_view> owner) const override {
    return std::make_unique<history_index::walk>(kept_.index(), owner);
  }
  std::size_t open_tasks() const override { return open_.total(); }
  std::size_t open_tasks_of(const std::string& owner) const override { return open_.of(owner); }

  bool has_room(std::size_t more) const override {
    const auto ones = more * task::fold::open_task_bytes();
    return kept_.essential(open_tasks() + more) + ones <= options_.max_bytes / 2;
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
    kept_.count_the_rest();
    const auto read = clock_.even();
    for (const auto& r : records) {
      bus_clock_.seen(r->log_time, read);
      apply_one(*r, now, read);
      kept_.applied(*r);
    }
    last_.reset();
    kept_.write_notes();
    wakes_->flush();
    publish_gauges();
  }

  void tell_places(std::span<const queued_task> tasks) override {
    for (const auto& t : tasks) {
      const auto h = kept_.index().kept(t.request_id);
      if (h && h->set_place(t.place)) wakes_->changed(h);
    }
    wakes_->flush();
  }

  void sweep(base::sys_time now) override {
    kept_.give_up_ended_before(now - options_.keep_for);
    // Keep what the fold may still need for the next record of the log, whatever the clock of that record's broker
    // says.
    const auto even = clock_.even();
    for (auto& p : partitions_) {
      const auto at = std::min(now - forget_margin, p.clock.log_time(even));
      p.fold.forget(at);
      p.forgotten = at - options_.keep_for;
    }
    kept_.sweep(now - forget_margin);
    publish_gauges();
  }

  void restart(std::int32_t partition) override {
    auto& p = partitions_[static_cast<std::size_t>(partition)];
    p.fold = task::fold(fold_options());
    ++p.epoch;
    p.place.reset();
    p.restarting = true;
    // Nothing of what was noted of this partition counts any more; all is noted again once it is read.
    kept_.begin_notes_anew();
  }

  void finish_restart(std::int32_t partition) override {
    auto& restarted = partitions_[static_cast<std::size_t>(partition)];
    restarted.restarting = false;
    const auto epoch = restarted.epoch;
    const auto is_gone = [&](std::string_view id, std::uint32_t of) {
      return of != epoch && base::partition_for(id, options_.partitions) == partition;
    };
    for (const auto& h : kept_.index().all_of(is_gone)) {
      if (!task::is_end(h->peek().status)) {
        log_.warning("task {} is lost: its records are no longer in the log", h->peek().request_id);
        h->lose();
        over(h);
        wakes_->changed(h);
      }
      kept_.give_up(h);
    }
    kept_.write_all_notes();
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
    const auto written = p.clock.written(r.log_time, bus_clock_.at(read).value_or(now), read);
    const auto s = p.fold.apply(m, r.log_time);
    if (s.state != nullptr) kept_.touched(s.state->request_id);
    if (s.breaks_rules) breaks_rules(r, m, s.why, now);
    // Also if the fold has forgotten the task: some of its data may be left.
    if (s.what == task::step::kind::deleted || (m.type == task::message_type::deleted && !p.fold.find(m.request_id))) {
      erase_data(std::string(m.request_id));
    } else if (s.what == task::step::kind::event || s.what == task::step::kind::hole) {
      enter(p, s, m, r, now, written);
    } else if (s.what == task::step::kind::released) {
      if (observer_ != nullptr) observer_->on_run(s.state->request_id, {}, r.log_time);
    } else if (s.what == task::step::kind::alive) {
      if (observer_ != nullptr && tells_offer(m)) observer_->on_offer(m, age_of(r));
    } else if (s.what == task::step::kind::ignored) {
      metrics_.ignored.Increment();
      log_.debug("ignored {} of task {} at {}/{}: {}", task::to_string(m.type), m.request_id, r.partition, r.offset,
                 s.why);
    }
  }

  task::fold::options fold_options() const { return {options_.keep_for, false}; }

  base::milliseconds age_of(const base::record& r) const {
    return std::max(base::milliseconds(0), std::chrono::floor<base::milliseconds>(bus_now() - r.log_time));
  }

  void trace(const kept_ptr& h, const task::step& s, const task::message_view& m, const base::record& r,
             base::sys_time now) {
    const auto parent = traced_events::parent_of(s.type, m.traceparent);
    if (parent && age_of(r) < oldest_traced) kept_.trace(h, *options_.traces, s.seq, s.type, *parent, r, now);
  }

  void enter(partition_state& p, const task::step& s, const task::message_view& m, const base::record& r,
             base::sys_time now, base::sys_time written) {
    const auto h = history_of(p, s, r.offset);
    // Before the next line: if the partition is read anew, on_accepted() came again, too.
    if (s.type == task::message_type::started && observer_ != nullptr)
      observer_->on_run(s.state->request_id, s.state->last_run_source, r.log_time);
    if (!h || s.seq <= h->peek().last_seq) return;
    if (options_.traces != nullptr) trace(h, s, m, r, now);
    kept_.append(h, event_of(s, m, r), *s.state, now);
    if (const auto fraction = fraction_of(s); fraction >= 0) h->set_fraction(fraction);
    metrics_.events.Increment();
    if (s.state->end) {
      kept_.ended(h, written);
      over(h);
    }
    kept_.enforce();
    wakes_->changed(h);
  }

  // The history that the step belongs to. An `accepted` makes a new one, unless the task's history is still here from
  // before the partition was read anew.
  kept_ptr history_of(partition_state& p, const task::step& s, std::int64_t offset) {
    const auto& t = *s.state;
    if (!last_ || last_->peek().request_id != t.request_id) last_ = kept_.index().kept(t.request_id);
    if (s.type != task::message_type::accepted) return last_;
    if (last_ && last_->epoch() != p.epoch && last_->peek().accepted_at == t.accepted_at) {
      kept_.set_epoch(last_, p.epoch);
      if (observer_ != nullptr && !task::is_end(last_->peek().status)) observer_->on_accepted(last_, offset);
      return last_;
    }
    if (last_) {
      if (!task::is_end(last_->peek().status)) over(last_);
      kept_.give_up(last_);
    }
    last_ = kept_.open(accepted_view(t), p.epoch);
    open_.add(last_->peek().owner);
    wakes_->created(t.request_id);
    if (observer_ != nullptr) observer_->on_accepted(last_, offset);
    return last_;
  }

  // A stream that still reads the history sees a gap up to its end.
  void erase_data(const std::string& request_id) {
    if (const auto h = kept_.erase(request_id)) wakes_->changed(h);
    last_.reset();
    metrics_.deleted.Increment();
    if (observer_ != nullptr) observer_->on_deleted(request_id);
  }

  // All or nothing, in parts, so that neither the loop is held up nor all notes are in memory at once. False: a note is
  // damaged, or cannot be read.
  base::awaitable<bool> restore() {
    for (known_part part;; part.clear()) {
      const event_store::note_reader take = [&](auto key, auto value) { return part.take(key, value); };
      const auto read = co_await kept_.read_notes(part.last_key(), take);
      if (!read || part.is_damaged() || !restore(part)) {
        forget_restored();
        std::string why = read ? "a note in it cannot be understood" : read.error().message;
        co_await kept_.forget_restored(std::move(why));
        co_return false;
      }
      if (!part.is_full()) break;
    }
    kept_.count_the_rest();
    kept_.enforce();
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
    const auto h = kept_.restore(n);
    if (t.end) return;
    open_.add(t.owner);
    if (observer_ == nullptr) return;
    observer_->on_accepted(h, std::nullopt);
    if (t.current) observer_->on_run(t.request_id, t.last_run_source, {});
  }

  // As before restore(): the log will be read from as far back as without a store.
  void forget_restored() {
    for (const auto& h : kept_.index().awake()) {
      if (!task::is_end(h->peek().status)) over(h);
    }
    for (auto& p : partitions_) p = partition_state(fold_options());
  }

  void over(const kept_ptr& h) {
    open_.remove(h->peek().owner);
    if (observer_ != nullptr) observer_->on_over(h);
  }

  void breaks_rules(const base::record& r, const task::message_view& m, std::string_view why, base::sys_time now) {
    metrics_.rule_breaks.Increment();
    quiet_rule_breaks_.say(now, [&](std::size_t n) {
      log_.warning("{} record(s) break the rules, the last is {} of task {} at {}/{}/{}: {}; correct the program ({})",
                   n, task::to_string(m.type), base::shown(m.request_id), r.topic, r.partition, r.offset, why,
                   base::shown(m.source));
    });
  }

  void publish_gauges() {
    metrics_.bytes.Set(static_cast<double>(kept_.bytes()));
    metrics_.essential.Set(static_cast<double>(kept_.essential(open_tasks())));
    metrics_.kept.Set(static_cast<double>(kept_.index().size()));
    metrics_.at_rest.Set(static_cast<double>(kept_.index().at_rest()));
    metrics_.open.Set(static_cast<double>(open_.total()));
  }

  options options_;
  const base::clock& clock_;
  base::logger log_;
  histories_metrics metrics_;
  task::admission admission_;
  std::vector<partition_state> partitions_;
  std::shared_ptr<wake_lists> wakes_;
  kept_histories kept_;
  task_observer* observer_ = nullptr;
  task::log_clock bus_clock_;
  kept_ptr last_;  // of the record before: successive records are often of the same task
  class open_tasks open_;
  base::quiet quiet_rule_breaks_;
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
