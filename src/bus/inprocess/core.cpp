#include "bus/inprocess/core.hpp"

#include "bus/inprocess/consumer_impl.hpp"
#include "bus/inprocess/journal/group_commit.hpp"
#include "bus/inprocess/journal/recover.hpp"
#include "bus/inprocess/producer_impl.hpp"
#include "bus/inprocess/reader_impl.hpp"

namespace streamdemo::bus::inprocess {

namespace {

std::optional<error> check(const topic_spec& s, const topic_state* existing) {
  const auto wrong = [&](std::string why) { return error{errc::invalid_argument, "topic '" + s.name + "': " + why}; };
  if (s.name.empty()) return error{errc::invalid_argument, "a topic needs a name"};
  if (s.partitions < 1) return wrong(fmt::format("{} partitions asked for, at least 1 is needed", s.partitions));
  if (s.max_bytes == 0) return wrong("max_bytes is 0; the in-process bus needs a bound");
  if (existing && existing->data.partitions() != s.partitions) {
    return wrong(fmt::format("it has {} partitions, {} were asked for; use the same number everywhere or another name",
                             existing->data.partitions(), s.partitions));
  }
  return std::nullopt;
}

}  // namespace

result<void> core::ensure_topics(const std::vector<topic_spec>& specs) {
  for (const auto& s : specs) {
    if (auto e = check(s, find(s.name))) return std::move(*e);
  }
  for (const auto& s : specs) {
    if (find(s.name)) continue;
    auto made = make_topic(s);
    if (!made) return made.error();
    auto& t = *(topics_[s.name] = std::move(*made));
    log_.debug("topic '{}' made: {} partitions, at most {} bytes", s.name, s.partitions, s.max_bytes);
    remember_groups(t);
    for (auto& [name, g] : groups_) {
      if (g.topics.contains(s.name)) add_partitions(name, g, t);
    }
  }
  warn_of_unnamed_topics();
  return {};
}

void core::warn_of_unnamed_topics() const {
  if (!store_) return;
  for (const auto& [name, t] : store_->topics()) {
    if (topics_.contains(name)) continue;
    log_.warning("the journal has records of topic '{}', which the settings no longer name: they wait until they do",
                 name);
  }
}

void core::attach(journal::store& s, journal::group_commit& c, base::blocking_pool& reads) {
  store_ = &s;
  journal_ = &c;
  reads_ = &reads;
}

void core::detach() {
  store_ = nullptr;
  journal_ = nullptr;
  reads_ = nullptr;
}

void core::read_journal(std::function<void(const journal::store&)> job) {
  reads_->start([job = std::move(job), store = store_] { job(*store); });
}

void core::count_read(std::size_t records) {
  journal_->count_read(records);
}

result<std::unique_ptr<topic_state>> core::make_topic(const topic_spec& s) {
  if (!store_) return std::make_unique<topic_state>(topic(s));
  auto recovered = journal::recover(*store_, s);
  if (!recovered) return recovered.error();
  return std::make_unique<topic_state>(std::move(recovered->data), recovered->number);
}

void core::remember_groups(const topic_state& t) {
  if (!store_) return;
  for (const auto& [place, entry] : store_->commits()) {
    if (place.topic != t.number || adopted_.contains(place.group)) continue;
    auto& g = groups_[place.group];
    g.topics.insert(t.data.spec().name);
    g.unseen = g.members.empty();
  }
}

// Who renames the group means the same processors: the new group goes on where the old one was, which would otherwise
// hold its records for ever.
void core::adopt_unseen(const std::string& group, const std::set<std::string>& topics) {
  if (!store_) return;
  const auto is_known = [&](const auto& c) { return c.first.group == group; };
  if (std::ranges::any_of(store_->commits(), is_known)) return;
  for (auto it = groups_.begin(); it != groups_.end();) {
    const auto here = it++;
    auto& [name, g] = *here;
    const auto shared = [&](const std::string& t) { return topics.contains(t); };
    if (!g.unseen || name == group || std::ranges::none_of(g.topics, shared)) continue;
    log_.warning("group '{}' goes on where group '{}' was, which no member has joined since the start", group, name);
    for (const auto& [id, p] : g.partitions) {
      p->source->data.release(id.partition, &p->committed);
      std::erase(p->source->groups[std::size_t(id.partition)], p.get());
      journal_->forget(*p);
    }
    adopted_.emplace(name, group);
    groups_.erase(here);
  }
}

std::optional<std::int64_t> core::committed(const std::string& group, const topic_state& t,
                                            std::int32_t partition) const {
  if (!store_) return std::nullopt;
  for (const auto& [place, entry] : store_->commits()) {
    if (place.topic != t.number || place.partition != partition) continue;
    const auto heir = adopted_.find(place.group);
    if (place.group == group || (heir != adopted_.end() && heir->second == group)) {
      return std::max(entry.offset, t.data.log(partition).begin());
    }
  }
  return std::nullopt;
}

topic_state* core::find(const std::string& topic) {
  const auto it = topics_.find(topic);
  return it == topics_.end() ? nullptr : it->second.get();
}

namespace {

error full(const topic_state& t) {
  return {errc::full, fmt::format("topic '{}' holds {} bytes of un-completed records, {} are allowed",
                                  t.data.spec().name, t.data.bytes(), t.data.spec().max_bytes)};
}

}  // namespace

bool core::publish(topic_state& t, waiting_publish&& p) {
  auto refused = journal_ && p.deadline ? journal_->refusal(t.data.spec().full) : std::nullopt;
  if (refused) {
    p.from->complete(std::move(p.done), std::move(*refused));
    return false;
  }
  // Append only if nothing waits, so that records of a partition keep the order of the calls.
  if (t.waiting.empty() && has_room(t, p)) return append(t, std::move(p));
  if (t.data.spec().full == when_full::refuse) {
    p.from->complete(std::move(p.done), full(t));
    return false;
  }
  t.waiting.push_back(std::move(p));
  return true;
}

std::optional<error> core::reserve_together(const std::vector<topic_state*>& to, const std::vector<record>& records) {
  if (journal_) {
    if (auto refused = journal_->refusal(when_full::refuse)) return refused;
  }
  for (std::size_t i = 0; i < to.size(); ++i) {
    if (to[i]->waiting.empty() && to[i]->data.make_room(records[i].bytes())) continue;
    for (std::size_t done = 0; done < i; ++done) to[done]->data.give_back(records[done].bytes());
    return full(*to[i]);
  }
  return std::nullopt;
}

void core::stamp(topic_state& t, waiting_publish& p, sys_time now) {
  for (auto& c : p.ahead) c.to->data.stamp(c.rec, now);
  t.data.stamp(p.rec, now);
}

void core::give_back(topic_state& t, const waiting_publish& p) {
  for (const auto& c : p.ahead) c.to->data.give_back(c.bytes);
  t.data.give_back(p.bytes);
}

// Only what has no deadline waits for the disk: a gateway's own records (ends, signs of life) are small and few.
bool core::has_room(topic_state& t, const waiting_publish& p) {
  return (p.deadline || !journal_ || !journal_->at_limit()) && t.data.make_room(p.bytes);
}

bool core::append(topic_state& t, waiting_publish&& p) {
  if (journal_) {
    journal_->add(t, std::move(p));
    return true;
  }
  stamp(t, p, clock_.now());
  land(t, std::move(p));
  return false;
}

void core::land(topic_state& t, waiting_publish&& p) {
  for (auto& c : p.ahead) add(*c.to, std::move(c.rec));
  const published place{p.rec.partition, p.rec.offset};
  add(t, std::move(p.rec));
  if (p.from) p.from->complete(std::move(p.done), place);
}

void core::add(topic_state& t, record&& stamped) {
  const auto partition = std::size_t(stamped.partition);
  t.data.append(std::move(stamped));
  for (auto* reader : t.followers[partition]) reader->arrived();
  for (auto* g : t.groups[partition]) {
    if (g->owner) g->owner->appended(*g);
  }
}

void core::admit(topic_state& t) {
  while (!t.waiting.empty() && has_room(t, t.waiting.front())) {
    auto p = std::move(t.waiting.front());
    t.waiting.pop_front();
    append(t, std::move(p));
  }
}

std::vector<waiting_publish> core::withdraw(const producer_impl& from,
                                            const std::function<bool(const waiting_publish&)>& which) {
  std::vector<waiting_publish> out;
  for (auto& [name, t] : topics_) {
    std::deque<waiting_publish> stays;
    for (auto& w : t->waiting) {
      if (w.from == &from && which(w)) {
        out.push_back(std::move(w));
      } else {
        stays.push_back(std::move(w));
      }
    }
    t->waiting = std::move(stays);
    // A small record may have waited behind a large one that was just withdrawn.
    admit(*t);
  }
  if (journal_) journal_->withdraw(from, which, out);
  return out;
}

std::optional<steady_time> core::earliest_deadline(const producer_impl& from) const {
  std::optional<steady_time> earliest;
  for (const auto& [name, t] : topics_) {
    for (const auto& w : t->waiting) {
      if (w.from == &from && w.deadline && (!earliest || *w.deadline < *earliest)) earliest = w.deadline;
    }
  }
  if (!journal_) return earliest;
  const auto written = journal_->earliest_deadline(from);
  return earliest && written ? std::min(*earliest, *written) : earliest ? earliest : written;
}

void core::commit(group_partition& p, std::int64_t offset) {
  p.committed = offset;
  if (journal_) journal_->completed(p);
  admit(*p.source);
}

member_id core::join(consumer_impl& c) {
  adopt_unseen(c.options().group, {c.options().topics.begin(), c.options().topics.end()});
  auto& g = groups_[c.options().group];
  g.unseen = false;
  for (const auto& name : c.options().topics) {
    g.topics.insert(name);
    if (auto* t = find(name)) add_partitions(c.options().group, g, *t);
  }
  const auto id = ++last_member_;
  g.members[id] = &c;
  apply(g, g.coordinator.join(id, c.options().topics));
  return id;
}

void core::retire(consumer_impl& c) {
  groups_[c.options().group].coordinator.retire(c.id);
}

void core::leave(consumer_impl& c) {
  auto& g = groups_[c.options().group];
  if (g.members.erase(c.id) > 0) apply(g, g.coordinator.leave(c.id));
}

void core::add_partitions(const std::string& group, group_state& g, topic_state& t) {
  const auto& name = t.data.spec().name;
  for (std::int32_t i = 0; i < t.data.partitions(); ++i) {
    const partition_id id{name, i};
    auto& p = g.partitions[id];
    if (p) continue;
    const auto from = committed(group, t, i).value_or(t.data.log(i).begin());
    p = std::make_unique<group_partition>(group_partition{group, id, &t, from, from, watermark(from)});
    if (journal_) journal_->completed(*p);
    t.data.hold(i, &p->committed);
    t.groups[std::size_t(i)].push_back(p.get());
  }
  apply(g, g.coordinator.add_partitions(name, t.data.partitions()));
}

void core::apply(group_state& g, const std::vector<handover>& changes) {
  std::map<consumer_impl*, std::vector<group_partition*>> lost;
  std::map<consumer_impl*, std::vector<group_partition*>> gained;
  for (const auto& change : changes) {
    auto& p = *g.partitions.at(change.partition);
    if (p.owner && g.members.contains(p.owner->id)) lost[p.owner].push_back(&p);
    p.owner = change.to ? g.members.at(*change.to) : nullptr;
    p.assignment = ++last_assignment_;
    p.next = p.committed;
    p.done = watermark(p.committed);
    if (p.owner) gained[p.owner].push_back(&p);
  }
  for (auto& [member, partitions] : lost) member->revoke(partitions);
  for (auto& [member, partitions] : gained) member->assign(partitions);
}

}  // namespace streamdemo::bus::inprocess
