#include "bus/inprocess/journal/group_commit.hpp"

#include <algorithm>
#include <ranges>

#include "bus/inprocess/producer_impl.hpp"

namespace streamdemo::bus::inprocess::journal {

namespace {

using std::chrono::steady_clock;

// A group of this size takes some milliseconds to be encoded and written.
constexpr std::size_t group_bytes = 4 << 20;
constexpr auto chores_interval = std::chrono::seconds(1);
constexpr auto pause_after_failure = std::chrono::milliseconds(500);

}  // namespace

group_commit::group_commit(core& c, store& s, commit_options o, const base::clock& clock, base::metrics& metrics,
                           const base::logger& log, std::function<bool()> is_in_place)
    : core_(c),
      store_(s),
      options_(o),
      clock_(clock),
      log_(log),
      is_in_place_(std::move(is_in_place)),
      metrics_(metrics) {
  disk_bytes_ = store_.disk_bytes();
}

void group_commit::start() {
  thread_ = std::thread([this] { run(); });
}

void group_commit::stop() {
  {
    const lock l(core_.mutex());
    stopping_ = true;
    wake_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
}

void group_commit::add(topic_state& t, waiting_publish p) {
  gathering_.push_back({&t, std::move(p)});
  if (gathering_.size() == 1) wake_.notify_one();
}

void group_commit::completed(group_partition& p) {
  completed_.insert(&p);
}

void group_commit::forget(group_partition& p) {
  completed_.erase(&p);
  committing_.erase(&p);
  forgotten_.push_back({*p.source->number, p.id.partition, p.group});
}

std::optional<error> group_commit::refusal(when_full topic) const {
  if (broken_) return error{errc::unavailable, broken_->message};
  if (topic == when_full::wait || disk_bytes_ < options_.max_disk_bytes) return std::nullopt;
  return error{errc::full,
               fmt::format("the journal takes {} bytes on disk, inprocess.max_disk_bytes allows {}; {}", disk_bytes_,
                           options_.max_disk_bytes,
                           store_.is_damaged() ? "it does not shrink, because one of its files is damaged"
                                               : "it shrinks as records grow older than topics.retention_ms")};
}

// What runs of accepted tasks publish may take a quarter more.
bool group_commit::at_limit() const noexcept {
  return disk_bytes_ >= options_.max_disk_bytes + options_.max_disk_bytes / 4;
}

void group_commit::withdraw(const producer_impl& from, const std::function<bool(const waiting_publish&)>& which,
                            std::vector<waiting_publish>& out) {
  std::deque<entry> stays;
  for (auto& e : gathering_) {
    if (e.what.from == &from && which(e.what)) {
      core::give_back(*e.to, e.what);
      out.push_back(std::move(e.what));
    } else {
      stays.push_back(std::move(e));
    }
  }
  gathering_ = std::move(stays);
  for (auto& e : writing_) {
    if (e.what.from != &from || !which(e.what)) continue;
    // The record stays, since it is being written. Only its topic's name is needed beside the callback.
    waiting_publish given_up{e.what.from, {}, e.what.bytes, e.what.deadline, std::move(e.what.done), {}};
    given_up.rec.topic = e.to->data.spec().name;
    out.push_back(std::move(given_up));
    e.what.from = nullptr;
  }
}

std::optional<steady_time> group_commit::earliest_deadline(const producer_impl& from) const {
  std::optional<steady_time> earliest;
  const auto look = [&](const auto& entries) {
    for (const auto& e : entries) {
      const auto& d = e.what.deadline;
      if (e.what.from == &from && d && (!earliest || *d < *earliest)) earliest = d;
    }
  };
  look(gathering_);
  look(writing_);
  return earliest;
}

void group_commit::run() {
  lock l(core_.mutex());
  for (;;) {
    const auto due = options_.sync_each || !unsynced_ ? next_chores_ : std::min(next_chores_, next_sync_);
    wake_.wait_until(l, due, [this] { return stopping_ || !gathering_.empty(); });
    if (!gathering_.empty()) write_group(l);
    const auto now = steady_clock::now();
    if (stopping_ || now >= next_chores_ || (unsynced_ && now >= next_sync_)) chores(l);
    if (stopping_ && (broken_ || (gathering_.empty() && completed_.empty()))) return;
  }
}

void group_commit::write_group(lock& l) {
  if (broken_) {
    if (auto again = try_again(l); !again) return fail(l, again.error());
  }
  take_group();
  if (auto written = write(l); !written) return fail(l, written.error());
  land();
}

result<void> group_commit::try_again(lock& l) {
  l.unlock();
  const bool in_place = is_in_place_();
  auto again = in_place ? store_.try_again() : result<void>(displaced());
  l.lock();
  return again;
}

error group_commit::displaced() const {
  return {errc::unavailable,
          "the journal's directory was moved or deleted while this process had it: put it back, or start again"};
}

// Stamps as many of the gathered records as make a group.
void group_commit::take_group() {
  const auto now = clock_.now();
  std::size_t bytes = 0;
  while (!gathering_.empty() && (writing_.empty() || bytes < group_bytes)) {
    auto& e = gathering_.front();
    core::stamp(*e.to, e.what, now);
    bytes += e.what.bytes;
    for (const auto& c : e.what.ahead) bytes += c.bytes;
    writing_.push_back(std::move(e));
    gathering_.pop_front();
  }
  metrics_.waiting.Set(double(gathering_.size() + writing_.size()));
}

template <class Each>
void group_commit::visit_writing(Each each) const {
  for (const auto& e : writing_) {
    for (const auto& c : e.what.ahead) each(*c.to, c.rec);
    each(*e.to, e.what.rec);
  }
}

// Writes the group, if there is one, and all that has moved meanwhile.
result<void> group_commit::write(lock& l) {
  std::size_t bytes = 0;
  visit_writing([&](const topic_state&, const record& r) { bytes += r.bytes(); });
  changes c(bytes);
  committing_ = std::exchange(completed_, {});
  const auto forgotten = std::exchange(forgotten_, {});
  for (const auto& place : forgotten) c.forget(place);
  add_progress(c);
  if (c.empty()) return {};
  l.unlock();
  const auto began = steady_clock::now();
  visit_writing([&](const topic_state& t, const record& r) { c.append(*t.number, r.partition, r); });
  auto written = store_.write(c, options_.sync_each);
  const auto took = steady_clock::now() - began;
  l.lock();
  if (!written) {
    completed_.merge(committing_);
    forgotten_.insert(forgotten_.end(), forgotten.begin(), forgotten.end());
    return written;
  }
  unsynced_ = !options_.sync_each;
  disk_bytes_ += c.bytes();
  if (writing_.empty()) return written;
  metrics_.writes.Increment();
  visit_writing([&](topic_state&, const record&) { metrics_.records.Increment(); });
  metrics_.seconds.Observe(std::chrono::duration<double>(took).count());
  return written;
}

void group_commit::add_progress(changes& c) {
  std::set<std::pair<topic_state*, std::int32_t>> changed;
  visit_writing([&](topic_state& t, const record& r) { changed.insert({&t, r.partition}); });
  for (const auto& [name, t] : core_.topics()) {
    if (t->data.spec().full != when_full::refuse) continue;
    // What has left the memory of such a topic is completed by everyone.
    for (std::int32_t p = 0; p < t->data.partitions(); ++p) {
      const auto from = t->data.kept_from(p);
      const auto to = t->data.log(p).begin();
      if (from >= to) continue;
      c.remove(*t->number, p, from, to, changes::how::few);
      t->data.keep_from(p, to);
      changed.insert({t.get(), p});
    }
  }
  for (const auto& [t, p] : changed) c.set(*t->number, p, t->data.entry(p));
  const auto now = clock_.now();
  for (const auto* g : committing_) c.set({*g->source->number, g->id.partition, g->group}, {g->committed, now});
}

void group_commit::mended() {
  if (!store_.damage().empty()) log_.error("{}", store_.damage());
  if (store_.is_damaged()) {
    metrics_.damaged.Set(1);
    log_.error(
        "the journal takes writes again, but does not merge its files any more, since one of them is damaged: what it "
        "removes keeps its room, and records in that file may be lost. Stop the process and let "
        "`streamdemo data check` name them");
  } else {
    log_.info("the journal takes writes again");
  }
  broken_.reset();
}

void group_commit::land() {
  if (broken_) mended();
  std::set<topic_state*> topics;
  visit_writing([&](topic_state& t, const record&) { topics.insert(&t); });
  for (auto& e : writing_) {
    core_.land(*e.to, std::move(e.what));
  }
  writing_.clear();
  for (auto* t : topics) core_.admit(*t);
  metrics_.waiting.Set(double(gathering_.size()));
}

// Publishes with a deadline are told; the others are tried again, ahead of what came after them.
void group_commit::fail(lock& l, const error& why) {
  metrics_.errors.Increment();
  if (!broken_) log_.error("{}; trying again until it succeeds", why.message);
  broken_ = why;
  visit_writing([](topic_state& t, const record& r) { t.data.unstamp(r.partition); });
  std::deque<entry> stays;
  const auto sort_out = [&](auto& entries, errc code) {
    for (auto& e : entries) {
      if (e.what.from != nullptr && !e.what.deadline) {
        stays.push_back(std::move(e));
        continue;
      }
      core::give_back(*e.to, e.what);
      if (e.what.from != nullptr) e.what.from->complete(std::move(e.what.done), error{code, why.message});
    }
    entries.clear();
  };
  // What was being written may come to light when the journal is opened again.
  sort_out(writing_, errc::timed_out);
  sort_out(gathering_, errc::unavailable);
  gathering_ = std::move(stays);
  wake_.wait_for(l, pause_after_failure, [this] { return stopping_; });
}

void group_commit::chores(lock& l) {
  const auto now = steady_clock::now();
  if (unsynced_ && (stopping_ || now >= next_sync_)) {
    l.unlock();
    const auto synced = store_.sync();
    l.lock();
    unsynced_ = false;
    next_sync_ = now + options_.sync_interval;
    if (!synced) return fail(l, synced.error());
  }
  if (now < next_chores_ && !stopping_) return;
  next_chores_ = now + chores_interval;
  l.unlock();
  const bool in_place = is_in_place_();
  l.lock();
  if (!in_place && !broken_) return fail(l, displaced());
  if (broken_) {
    if (!try_again(l)) return;
    mended();
  }
  if (disk_bytes_ >= options_.max_disk_bytes) drop_completed();
  if (auto written = write(l); !written) return fail(l, written.error());
  if (now >= next_trim_) trim(l);
  measure(l);
}

// Nobody needs what every group has completed; the next write removes it from the disk, too.
void group_commit::drop_completed() {
  for (const auto& [name, t] : core_.topics()) {
    if (t->data.spec().full == when_full::refuse) t->data.drop_completed();
  }
}

// Removes what is older than the retention of topics whose records stay on disk until then.
void group_commit::trim(lock& l) {
  next_trim_ = steady_clock::now() + options_.trim_interval;
  struct expired {
    topic_state* topic;
    std::int32_t partition;
    std::int64_t from, to;
    sys_time before;
  };
  std::vector<expired> parts;
  for (const auto& [name, t] : core_.topics()) {
    const auto& spec = t->data.spec();
    if (spec.full != when_full::wait || spec.retention.count() == 0) continue;
    for (std::int32_t p = 0; p < t->data.partitions(); ++p) {
      parts.push_back({t.get(), p, t->data.kept_from(p), t->data.log(p).end(), clock_.now() - spec.retention});
    }
  }
  l.unlock();
  for (auto& o : parts) {
    const auto begin = store_.find(*o.topic->number, o.partition, o.from, o.to, o.before);
    o.to = begin ? *begin : o.from;
  }
  std::erase_if(parts, [](const expired& o) { return o.from >= o.to; });
  l.lock();
  if (parts.empty()) return shrink();
  changes c;
  for (const auto& o : parts) {
    o.topic->data.keep_from(o.partition, o.to);
    c.remove(*o.topic->number, o.partition, o.from, o.to, changes::how::many);
    c.set(*o.topic->number, o.partition, o.topic->data.entry(o.partition));
  }
  l.unlock();
  const auto removed = store_.write(c, false);
  if (removed) {
    for (const auto& o : parts) store_.free_files(*o.topic->number, o.partition, o.to);
  }
  l.lock();
  if (!removed) return fail(l, removed.error());
  shrink();
}

// Over the bound, room is needed now, and not once enough was written for the files to be merged. Beside everything
// else, on a thread of those that read.
void group_commit::shrink() {
  if (shrinking_ || store_.is_damaged() || disk_bytes_ < options_.max_disk_bytes) return;
  shrinking_ = true;
  std::vector<old_part> all;
  for (const auto& [name, t] : core_.topics()) {
    for (std::int32_t p = 0; p < t->data.partitions(); ++p) all.push_back({*t->number, p, t->data.kept_from(p)});
  }
  core_.read_journal([this, all = std::move(all)](const store& s) {
    for (const auto& [topic, partition, to] : all) s.shrink(topic, partition, to);
    const lock l(core_.mutex());
    shrinking_ = false;
  });
}

void group_commit::measure(lock& l) {
  l.unlock();
  const auto bytes = store_.disk_bytes();
  l.lock();
  const bool was_at_limit = at_limit();
  disk_bytes_ = bytes;
  metrics_.bytes.Set(double(bytes));
  if (!was_at_limit || at_limit()) return;
  for (const auto& [name, t] : core_.topics()) core_.admit(*t);
}

}  // namespace streamdemo::bus::inprocess::journal
