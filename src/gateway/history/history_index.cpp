#include "gateway/history/history_index.hpp"

namespace streamdemo::gateway {

namespace {

constexpr auto not_kept = base::number_table::none;

std::size_t hash_of(std::string_view id) noexcept {
  return std::hash<std::string_view>{}(id);
}

}  // namespace

history_index::number history_index::number_of(std::string_view request_id) const {
  return ids_.find(hash_of(request_id), [&](auto n) {
    const auto& what = entries_[n].what;
    if (const auto* h = std::get_if<kept_ptr>(&what)) return (*h)->peek().request_id == request_id;
    return std::get<rested_history>(what).has_id(request_id, names_);
  });
}

history_index::number history_index::number_of(const kept_ptr& h) const {
  const auto n = number_of(h->peek().request_id);
  if (n == not_kept) return not_kept;
  const auto& what = entries_[n].what;
  const auto* rested = std::get_if<rested_history>(&what);
  const bool same = rested != nullptr ? rested->accepted_at() == h->peek().accepted_at : std::get<kept_ptr>(what) == h;
  return same ? n : not_kept;
}

history_index::kept_ptr history_index::awake(number n) const {
  const auto& e = entries_[n];
  if (const auto* h = std::get_if<kept_ptr>(&e.what)) return *h;
  const auto& rested = std::get<rested_history>(e.what);
  const std::lock_guard lock(woken_mutex_);
  auto& woken = woken_[n];
  if (auto h = woken.lock()) return h;
  task_view v;
  view_of(e, v);
  auto h = make_awake_(std::move(v), rested.where());
  woken = h;
  if (woken_.size() >= tidy_woken_at_) {
    std::erase_if(woken_, [](const auto& w) { return w.second.expired(); });
    tidy_woken_at_ = 2 * woken_.size() + 64;
  }
  return h;
}

void history_index::view_of(const entry& e, task_view& v) const {
  if (const auto* h = std::get_if<kept_ptr>(&e.what)) {
    v = (*h)->view();
    return;
  }
  static_cast<task_moment&>(v) = {};
  std::get<rested_history>(e.what).view(v, names_);
  v.kept_since = e.since;
}

history_index::kept_ptr history_index::kept(std::string_view request_id) const {
  const std::shared_lock lock(mutex_);
  const auto n = number_of(request_id);
  return n == not_kept ? nullptr : awake(n);
}

history_ptr history_index::find(std::string_view request_id) const {
  const std::shared_lock lock(mutex_);
  if (const auto n = number_of(request_id); n != not_kept) return awake(n);
  const auto n = removed_number_of(request_id);
  if (n == not_kept) return nullptr;
  const auto& removed = removed_at(n);
  task_view v;
  removed.what.view(v, names_);
  v.kept_since = removed.kept_since;
  v.first_kept = v.last_seq + 1;
  return std::make_shared<kept_history>(std::move(v), nullptr);
}

history_index::walk::walk(const history_index& index, std::optional<std::string_view> owner) : index_(index) {
  const auto lock = reading();
  if (!owner) {
    readers_.reserve(index_.owners_.size());
    for (const auto& [name, ages] : index_.owners_) add(name, ages);
  } else if (const auto own = index_.owners_.find(*owner); own != index_.owners_.end()) {
    add(own->first, own->second);
  }
}

// Whoever waits to change something has the gate, and goes first.
std::shared_lock<std::shared_mutex> history_index::walk::reading() const {
  const std::lock_guard gate(index_.gate_);
  return std::shared_lock(index_.mutex_);
}

void history_index::walk::add(const std::string& owner, const time_order& ages) {
  const time_order::backwards at(ages);
  next_.push({at.now(), readers_.size()});
  readers_.push_back({owner, at, index_.changes_});
}

bool history_index::walk::next(std::size_t most, std::size_t limit, const std::function<bool(const task_view&)>& wanted,
                               std::vector<history_ptr>& found) {
  task_view v;
  const auto lock = reading();
  for (std::size_t i = 0; i < most && !next_.empty() && found.size() < limit; ++i) {
    const auto p = next_.top();
    next_.pop();
    auto& r = readers_[p.reader];
    bool is_there = true;
    if (r.changes != index_.changes_) {
      const auto own = index_.owners_.find(r.owner);
      if (own == index_.owners_.end()) continue;
      r = {own->first, time_order::backwards(own->second, p.at), index_.changes_};
      if (r.at.done()) continue;
      is_there = r.at.now() == p.at;
    }
    if (is_there) {
      index_.view_of(index_.entries_[p.at.number], v);
      if (wanted(v)) found.push_back(index_.awake(p.at.number));
      r.at.next();
    }
    if (!r.at.done()) next_.push({r.at.now(), p.reader});
  }
  return !next_.empty() && found.size() < limit;
}

history_index::kept_ptr history_index::first_ended(base::sys_time at) const {
  const std::shared_lock lock(mutex_);
  return ends_.empty() || ends_.front().at >= at ? nullptr : awake(ends_.front().number);
}

std::vector<history_index::kept_ptr> history_index::awake() const {
  std::vector<kept_ptr> found;
  const std::shared_lock lock(mutex_);
  entries_.for_each([&](auto, const entry& e) {
    if (const auto* h = std::get_if<kept_ptr>(&e.what)) found.push_back(*h);
  });
  return found;
}

std::vector<history_index::kept_ptr> history_index::all_of(
    const std::function<bool(std::string_view id, std::uint32_t epoch)>& wanted) const {
  std::vector<kept_ptr> found;
  const std::shared_lock lock(mutex_);
  entries_.for_each([&](auto n, const entry& e) {
    const auto* h = std::get_if<kept_ptr>(&e.what);
    const auto* r = std::get_if<rested_history>(&e.what);
    const bool yes =
        h != nullptr ? wanted((*h)->peek().request_id, (*h)->epoch()) : wanted(r->request_id(names_), r->epoch());
    if (yes) found.push_back(awake(n));
  });
  return found;
}

std::optional<base::sys_time> history_index::oldest() const {
  std::optional<base::sys_time> first;
  const std::shared_lock lock(mutex_);
  for (const auto& [name, ages] : owners_) {
    if (!first || ages.front().at < *first) first = ages.front().at;
  }
  return first;
}

std::size_t history_index::size() const {
  const std::shared_lock lock(mutex_);
  return entries_.size();
}

std::size_t history_index::at_rest() const {
  const std::shared_lock lock(mutex_);
  return at_rest_;
}

void history_index::insert(const kept_ptr& h) {
  const writing lock(*this);
  const auto& view = h->peek();
  insert({h}, view.request_id, view.owner, view.accepted_at);
}

bool history_index::insert_rested(const task_view& v, const rested_history::place& p) {
  const writing lock(*this);
  const auto rested = rested_history::of(v, p, names_);
  if (!rested) return false;
  ++at_rest_;
  insert({*rested, v.kept_since}, v.request_id, v.owner, v.accepted_at);
  return true;
}

void history_index::insert(entry e, std::string_view id, std::string_view owner, base::sys_time accepted_at) {
  if (const auto old = number_of(id); old != not_kept) erase(old);
  forget_removed(id);
  const auto since = e.since;
  const auto n = entries_.add(std::move(e));
  ids_.insert(hash_of(id), n);
  auto own = owners_.find(owner);
  if (own == owners_.end()) own = owners_.try_emplace(std::string(owner)).first;
  own->second.insert({accepted_at, n});
  if (since != not_ended) ends_.insert({since, n});
  ++changes_;
}

void history_index::ended(const kept_ptr& h, base::sys_time since) {
  const writing lock(*this);
  h->keep_from(since);
  if (const auto n = number_of(h); n != not_kept) move_end(n, since);
}

void history_index::move_end(number n, base::sys_time since) {
  auto& e = entries_[n];
  if (e.since != not_ended) ends_.erase({e.since, n});
  e.since = since;
  if (since != not_ended) ends_.insert({since, n});
}

bool history_index::rest(const kept_ptr& h) {
  const writing lock(*this);
  const auto n = number_of(h);
  if (n == not_kept) return false;
  const auto& d = *h->disk();
  auto rested = rested_history::of(h->peek(), {d.from, d.bytes, h->epoch()}, names_);
  if (!rested) return false;
  entries_[n].what = *rested;
  ++at_rest_;
  if (h.use_count() == 1) return true;  // only the caller still holds it
  const std::lock_guard woken(woken_mutex_);
  woken_[n] = h;
  return true;
}

void history_index::stay_awake(const kept_ptr& h) {
  const writing lock(*this);
  const auto n = number_of(h);
  if (n == not_kept) return;
  const auto* rested = std::get_if<rested_history>(&entries_[n].what);
  if (rested == nullptr) return;
  rested->let_go(names_);
  --at_rest_;
  entries_[n].what = h;
  const std::lock_guard woken(woken_mutex_);
  woken_.erase(n);
}

void history_index::set_epoch(const kept_ptr& h, std::uint32_t epoch) {
  const writing lock(*this);
  h->set_epoch(epoch);
  if (const auto n = number_of(h); n != not_kept) {
    if (auto* rested = std::get_if<rested_history>(&entries_[n].what)) rested->set_epoch(epoch);
  }
}

void history_index::erase(number n) {
  move_end(n, not_ended);
  const auto take_out = [&](std::string_view id, std::string_view owner, base::sys_time accepted_at) {
    ids_.erase(hash_of(id), n);
    const auto own = owners_.find(owner);
    own->second.erase({accepted_at, n});
    if (own->second.empty()) owners_.erase(own);
  };
  if (const auto* h = std::get_if<kept_ptr>(&entries_[n].what)) {
    const auto& v = (*h)->peek();
    take_out(v.request_id, v.owner, v.accepted_at);
  } else {
    const auto& rested = std::get<rested_history>(entries_[n].what);
    take_out(rested.request_id(names_), rested.owner(names_), rested.accepted_at());
    rested.let_go(names_);
    --at_rest_;
    const std::lock_guard lock(woken_mutex_);
    woken_.erase(n);
  }
  entries_.remove(n);
  ++changes_;
}

void history_index::remove(const kept_ptr& h) {
  const writing lock(*this);
  const auto n = number_of(h);
  if (n == not_kept) return;
  erase(n);
  const auto& view = h->peek();
  forget_removed(view.request_id);
  auto what = rested_history::of(view, {}, names_);
  if (!what) return;
  removed_ids_.insert(hash_of(view.request_id), static_cast<number>(first_removed_ + removed_.size()) & most_number);
  removed_.push_back({std::move(*what), view.kept_since});
  removed_bytes_ += bytes_of(removed_.back());
  while (removed_bytes_ > max_removed_bytes_ || removed_.size() > max_removed_) {
    if (const auto& first = removed_.front(); !first.gone) forget_removed(first.what.request_id(names_));
    removed_.pop_front();
    first_removed_ = (first_removed_ + 1) & most_number;
  }
}

void history_index::forget(std::string_view request_id) {
  const writing lock(*this);
  if (const auto n = number_of(request_id); n != not_kept) erase(n);
  forget_removed(request_id);
}

void history_index::forget_all() {
  const writing lock(*this);
  const std::lock_guard woken(woken_mutex_);
  ++changes_;
  entries_ = {};
  ids_ = {};
  owners_.clear();
  ends_ = {};
  names_ = {};
  at_rest_ = 0;
  woken_.clear();
  removed_.clear();
  removed_ids_ = {};
  removed_bytes_ = 0;
}

history_index::number history_index::removed_number_of(std::string_view request_id) const {
  return removed_ids_.find(hash_of(request_id), [&](auto n) { return removed_at(n).what.has_id(request_id, names_); });
}

void history_index::forget_removed(std::string_view request_id) {
  const auto n = removed_number_of(request_id);
  if (n == not_kept) return;
  removed_ids_.erase(hash_of(request_id), n);
  auto& r = removed_at(n);
  removed_bytes_ -= bytes_of(r);
  r.what.let_go(names_);
  r.gone = true;
}

std::size_t history_index::removed_bytes() const {
  const std::shared_lock lock(mutex_);
  return removed_bytes_;
}

std::size_t history_index::bytes_beside() const {
  const std::shared_lock lock(mutex_);
  return removed_bytes_ + names_.bytes();
}

// The blocks of an order are three quarters full, or more.
std::size_t history_index::bytes_at_rest() noexcept {
  return sizeof(entry) + 2 * sizeof(time_order::entry) * 4 / 3 + base::number_table::bytes_each;
}

// Including its place in the table, and names of its own.
std::size_t history_index::bytes_of(const removed_task& r) noexcept {
  constexpr std::size_t name = 160;
  return sizeof(removed_task) + base::number_table::bytes_each + r.what.own_names() * name;
}

}  // namespace streamdemo::gateway
