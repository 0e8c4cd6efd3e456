#include "bus/inprocess/consumer_impl.hpp"

namespace streamdemo::bus::inprocess {

namespace {

std::vector<partition_id> ids_of(const std::vector<group_partition*>& partitions) {
  std::vector<partition_id> ids;
  for (const auto* p : partitions) ids.push_back(p->id);
  return ids;
}

}  // namespace

consumer_impl::consumer_impl(executor ex, std::shared_ptr<core> c, group_options o)
    : ringing_puller(ex, c->mutex()), options_(std::move(o)), core_(std::move(c)), intake_(options_) {}

void consumer_impl::join() {
  const std::lock_guard lock(mutex_);
  id = core_->join(*this);
}

void consumer_impl::close() {
  stop_taking();
  const std::lock_guard lock(mutex_);
  core_->retire(*this);
}

void consumer_impl::abandon() {
  stop_taking();
  const std::lock_guard lock(mutex_);
  core_->leave(*this);
  changes_.clear();
  owned_.clear();
}

awaitable<drain_report> consumer_impl::drain(std::shared_ptr<consumer_impl> self, steady_time) {
  // A completed record is committed at once, so there is nothing to wait for.
  self->abandon();
  co_return drain_report{};
}

void consumer_impl::complete(const delivery& d) {
  const std::lock_guard lock(mutex_);
  auto* p = owned_at(d);
  if (p == nullptr) return;
  const auto done = intake_.complete(p->done, d.record->offset);
  p->source->data.completed(p->id.partition, d.record->offset);
  if (done.moved) core_->commit(*p, p->done.value());
  if (done.room) arrived();
}

void consumer_impl::recount(const delivery& d, std::size_t bytes) {
  const std::lock_guard lock(mutex_);
  auto* p = owned_at(d);
  if (p != nullptr && intake_.recount(p->done, d.record->offset, bytes)) arrived();
}

group_partition* consumer_impl::owned_at(const delivery& d) const {
  const auto it = std::find_if(owned_.begin(), owned_.end(), [&](auto* p) { return p->assignment == d.assignment; });
  return it == owned_.end() ? nullptr : *it;
}

void consumer_impl::assign(const std::vector<group_partition*>& gained) {
  owned_.insert(owned_.end(), gained.begin(), gained.end());
  changes_.gain(ids_of(gained));
  arrived();
}

void consumer_impl::revoke(const std::vector<group_partition*>& lost) {
  for (auto* p : lost) std::erase(owned_, p);
  changes_.lose(ids_of(lost));
  arrived();
}

std::vector<shared_item> consumer_impl::take_locked(std::size_t max) {
  std::vector<shared_item> out;
  if (!changes_.take(max, out)) return out;
  intake_.begin_round(held_locked().bytes);
  turn_.visit(owned_, [&](group_partition* p) {
    take_from(*p, max, out);
    return out.size() < max;
  });
  return out;
}

void consumer_impl::take_from(group_partition& p, std::size_t max, std::vector<shared_item>& out) {
  const auto& log = p.source->data.log(p.id.partition);
  while (out.size() < max && p.next < log.end() && intake_.has_room(p.done) && intake_.has_bytes()) {
    auto r = log.at(p.next);
    if (!r) {  // this group has completed it under an earlier assignment
      ++p.next;
      continue;
    }
    intake_.take(p.done, p.next, r->bytes());
    out.emplace_back(delivery{std::move(r), p.assignment});
    ++p.next;
  }
}

holdings consumer_impl::held() {
  const std::lock_guard lock(mutex_);
  return held_locked();
}

holdings consumer_impl::held_locked() const {
  holdings all;
  for (const auto* p : owned_) add(all, p->done);
  return all;
}

}  // namespace streamdemo::bus::inprocess
