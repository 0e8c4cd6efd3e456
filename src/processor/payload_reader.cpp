#include "processor/payload_reader.hpp"

#include <algorithm>
#include <exception>
#include <iterator>
#include <utility>

namespace streamdemo::processor {

namespace {

constexpr std::size_t at_once = 64;
// To read so many records that nobody wants, which are large, is quicker than to jump over them.
constexpr std::int64_t short_way = 8;
// A task fails whose request is gone, and a broker that has just started may not know what it has.
constexpr int most_misses = 10;

void append(std::vector<payload_reader::given>& to, std::vector<payload_reader::given> from) {
  std::move(from.begin(), from.end(), std::back_inserter(to));
}

}  // namespace

void payload_reader::want(const base::record& request, given g) {
  places_[{request.topic, request.partition}].wanted[request.offset].to.push_back(std::move(g));
}

void payload_reader::go() {
  if (!places_.empty() && !std::exchange(works_, true)) {
    loops_.spawn([this] { return work(); });
  }
  if (!reader_ || closed_) return;
  for (auto& [id, p] : places_) move(id, p);
}

awaitable<void> payload_reader::work() {
  while (!closed_) {
    if (make_reader()) {
      go();
      co_await read();
    }
    if (!closed_) co_await base::sleep_for(pause_);
  }
}

// The process may have no descriptor or thread left for it now.
bool payload_reader::make_reader() {
  try {
    reader_ = bus_.make_reader(executor_);
  } catch (const std::exception& e) {
    log_.warning("requests cannot be read again, trying again: {}", e.what());
  }
  return reader_ != nullptr;
}

// Reads until the reader fails or is closed.
awaitable<void> payload_reader::read() {
  for (;;) {
    auto items = co_await reader_->receive(at_once);
    if (!items) {
      if (closed_) co_return;
      log_.warning("requests cannot be read again, trying again: {}", items.error().message);
      auto failed = std::exchange(reader_, nullptr);
      for (auto& [id, p] : places_) p.next = -1;
      failed->close();
      co_await failed->drain(std::chrono::steady_clock::now() + pause_);
      co_return;
    }
    for (auto& [id, p] : places_) p.moved = false;
    for (const auto& item : *items) take(item);
  }
}

// Goes to the first record that is wanted, unless it is there already.
void payload_reader::move(const bus::partition_id& id, place& p) {
  if (p.wanted.empty()) return;
  const auto first = p.wanted.begin()->first;
  if (p.next >= 0 && p.next <= first && first - p.next <= short_way) return;
  p.next = first;
  p.moved = true;
  reader_->follow(id, bus::from_offset{first});
}

payload_reader::place* payload_reader::followed(const bus::partition_id& id) {
  const auto it = places_.find(id);
  return it == places_.end() || it->second.moved || it->second.next < 0 ? nullptr : &it->second;
}

void payload_reader::take(const bus::read_item& item) {
  if (const auto* r = std::get_if<base::record_ptr>(&item)) {
    take(*r);
  } else if (const auto* c = std::get_if<bus::caught_up>(&item)) {
    passed(*c);
  } else if (const auto* l = std::get_if<bus::position_lost>(&item)) {
    log_.debug("looking for a request in {}/{}: {}", l->partition.topic, l->partition.partition, l->message);
    lost(l->partition);
  }
}

void payload_reader::take(const base::record_ptr& r) {
  const bus::partition_id id{r->topic, r->partition};
  auto* at = followed(id);
  if (at == nullptr) return;
  auto& p = *at;
  p.next = r->offset + 1;
  std::vector<given> gone;
  // What is wanted before it was not there to be read.
  while (!p.wanted.empty() && p.wanted.begin()->first < r->offset) take_first(p, gone);
  std::vector<given> here;
  if (!p.wanted.empty() && p.wanted.begin()->first == r->offset) take_first(p, here);
  settle(id, p);
  for (const auto& g : gone) g(nullptr);
  for (const auto& g : here) g(r);
}

// Nothing lies between the last record and the end. What is wanted behind the end is of a topic that was made anew.
void payload_reader::passed(const bus::caught_up& c) {
  auto* at = followed(c.partition);
  if (at == nullptr) return;
  auto& p = *at;
  std::vector<given> gone;
  while (!p.wanted.empty() && p.wanted.begin()->first < c.end) take_first(p, gone);
  if (p.wanted.empty()) {
    settle(c.partition, p);
  } else {
    lost(c.partition);
  }
  for (const auto& g : gone) g(nullptr);
}

// The first record that is wanted is not there. The others need not wait for it.
void payload_reader::lost(const bus::partition_id& at) {
  auto* of = followed(at);
  if (of == nullptr) return;
  auto& p = *of;
  p.next = -1;
  std::vector<given> gone;
  auto& first = *p.wanted.begin();
  if (++first.second.misses >= most_misses) {
    take_first(p, gone);
  } else {
    p.missed.insert(p.wanted.extract(first.first));
    if (!std::exchange(p.pauses, true)) loops_.spawn([this, at] { return look_again(at); });
  }
  settle(at, p);
  for (const auto& g : gone) g(nullptr);
}

awaitable<void> payload_reader::look_again(bus::partition_id at) {
  co_await base::sleep_for(pause_);
  auto& p = places_.find(at)->second;
  p.pauses = false;
  for (auto& [offset, w] : std::exchange(p.missed, {})) {
    auto& again = p.wanted[offset];
    again.misses = std::max(again.misses, w.misses);
    append(again.to, std::move(w.to));
  }
  if (reader_) move(at, p);
}

void payload_reader::take_first(place& p, std::vector<given>& out) {
  append(out, std::move(p.wanted.extract(p.wanted.begin()).mapped().to));
}

// Something was taken out: goes on to what is wanted next, or stops.
void payload_reader::settle(const bus::partition_id& id, place& p) {
  if (!p.wanted.empty()) return move(id, p);
  reader_->unfollow(id);
  p.next = -1;
  if (p.missed.empty() && !p.pauses) places_.erase(places_.find(id));
}

void payload_reader::close() {
  closed_ = true;
  if (reader_) reader_->close();
}

awaitable<void> payload_reader::drain(base::steady_time deadline) {
  if (reader_) co_await reader_->drain(deadline);
}

}  // namespace streamdemo::processor
