#include "contract/receivers.hpp"

namespace streamdemo::contract {

template <class Source, class Item>
void receiver<Source, Item>::start(std::size_t max) {
  running_ = true;
  fixture_.background.spawn([self = this->shared_from_this(), max] { return run(self, max); });
}

template <class Source, class Item>
awaitable<void> receiver<Source, Item>::run(std::shared_ptr<receiver> self, std::size_t max) {
  for (;;) {
    auto items = co_await self->source_->receive(max);
    if (!items.has_value()) {
      if (items.error().code != errc::closed) self->complain("receive failed: " + items.error().message);
      break;
    }
    if (items->empty() || items->size() > max) self->complain("receive gave none or more than it was asked for");
    for (auto& i : *items) self->note(i);
    self->changed_.notify_all();
  }
  self->running_ = false;
  self->changed_.notify_all();
}

template <class Source, class Item>
awaitable<void> receiver<Source, Item>::until(std::function<bool()> satisfied) {
  while (!satisfied() && broken.empty()) co_await changed_.wait();
  REQUIRE(broken == "");
}

template <class Source, class Item>
awaitable<void> receiver<Source, Item>::stop() {
  source_->close();
  source_->close();
  while (running_) co_await changed_.wait();
  REQUIRE(broken == "");
}

template <class Source, class Item>
awaitable<void> receiver<Source, Item>::leave() {
  co_await stop();
  const auto limit = in(std::chrono::seconds(20));
  for (int twice = 0; twice < 2; ++twice) {
    const auto report = co_await source_->drain(limit);
    CHECK(report.lost == 0);
  }
  source_.reset();
}

template <class Source, class Item>
awaitable<void> receiver<Source, Item>::crash() {
  co_await stop();
  source_.reset();
}

template class receiver<bus::shared_consumer, bus::shared_item>;
template class receiver<bus::reader, bus::read_item>;

void member::note(bus::shared_item& item) {
  if (auto* a = std::get_if<bus::assigned>(&item)) {
    ++assignments;
    for (auto& p : a->partitions) {
      if (!owned.insert(p).second) complain("assigned what it owns");
      last_.erase(p);
    }
  } else if (auto* r = std::get_if<bus::revoked>(&item)) {
    ++revocations;
    for (auto& p : r->partitions) {
      if (owned.erase(p) == 0) complain("revoked what it does not own");
    }
  } else {
    auto& d = std::get<bus::delivery>(item);
    const partition_id p{d.record->topic, d.record->partition};
    if (!owned.contains(p)) complain("a record outside of assigned and revoked");
    const auto before = last_.find(p);
    if (before != last_.end() && d.record->offset <= before->second) complain("an offset did not rise");
    last_[p] = d.record->offset;
    got.push_back(std::move(d));
  }
}

std::vector<std::string> member::values() const {
  std::vector<std::string> out;
  for (const auto& d : got) out.push_back(d.record->value);
  return out;
}

void member::complete_all() {
  for (const auto& d : got) source().complete(d);
}

void follower::follow(const std::string& topic, std::int32_t partition, bus::read_start from) {
  last_.erase({topic, partition});
  source().follow({topic, partition}, from);
}

void follower::note(bus::read_item& item) {
  if (auto* c = std::get_if<bus::caught_up>(&item)) {
    ++caught_up[c->partition];
    ends[c->partition] = c->end;
    before_caught_up[c->partition] = got.size();
  } else if (auto* l = std::get_if<bus::position_lost>(&item)) {
    if (l->message.empty()) complain("a lost position without a message");
    lost.push_back(std::move(*l));
  } else {
    auto& r = std::get<base::record_ptr>(item);
    auto& before = last_[{r->topic, r->partition}];
    if (before && r->offset <= before->offset) complain("an offset did not rise");
    before = r;
    got.push_back(std::move(r));
  }
}

std::vector<std::string> follower::values() const {
  std::vector<std::string> out;
  for (const auto& r : got) out.push_back(r->value);
  return out;
}

std::shared_ptr<member> join(contract_fixture& t, const std::string& group, const std::string& topic, bounds b) {
  bus::group_options o;
  o.group = group;
  o.topics.push_back(topic);
  o.max_open = b.max_open;
  o.max_gap = b.max_gap;
  o.max_bytes = b.max_bytes;
  return std::make_shared<member>(t, t.bus.join(t.ex, std::move(o)));
}

std::shared_ptr<follower> make_follower(contract_fixture& t) {
  return std::make_shared<follower>(t, t.bus.make_reader(t.ex));
}

std::vector<std::string> numbers(int from, int end) {
  std::vector<std::string> out;
  for (int i = from; i < end; ++i) out.push_back(std::to_string(i));
  return out;
}

}  // namespace streamdemo::contract
