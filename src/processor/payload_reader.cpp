#include "processor/payload_reader.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace streamdemo::processor {

namespace {

constexpr std::size_t at_once = 64;
// To read so many records that nobody wants, which are large, is quicker than to jump over them.
constexpr std::int64_t short_way = 8;
// Whether a record is gone must be certain, since its task fails then.
constexpr int losses_that_count = 3;
constexpr std::chrono::milliseconds pause_after_loss{250};

}  // namespace

void payload_reader::want(const base::record& request, given g) {
  places_[{request.topic, request.partition}].wanted[request.offset].push_back(std::move(g));
}

void payload_reader::go() {
  if (!reader_ && !places_.empty()) {
    reader_ = bus_.make_reader(executor_);
    loops_.spawn([this] { return read(); });
  }
  for (auto& [id, p] : places_) move(id, p);
}

// Goes to the first record that is wanted, unless it is there already.
void payload_reader::move(const bus::partition_id& id, place& p) {
  if (p.wanted.empty() || p.rests) return;
  const auto first = p.wanted.begin()->first;
  if (p.next >= 0 && p.next <= first && first - p.next <= short_way) return;
  p.next = first;
  p.moved = true;
  reader_->follow(id, bus::from_offset{first});
}

awaitable<void> payload_reader::read() {
  for (;;) {
    auto items = co_await reader_->receive(at_once);
    if (!items) {
      if (items.error().code == base::errc::closed) co_return;
      co_return failed_(items.error().message);
    }
    for (auto& [id, p] : places_) p.moved = false;
    for (const auto& item : *items) take(item);
  }
}

void payload_reader::take(const bus::read_item& item) {
  if (const auto* r = std::get_if<base::record_ptr>(&item)) {
    take(*r);
  } else if (const auto* l = std::get_if<bus::position_lost>(&item)) {
    lost(l->partition);
  }
}

void payload_reader::take(const base::record_ptr& r) {
  const bus::partition_id id{r->topic, r->partition};
  const auto it = places_.find(id);
  if (it == places_.end() || it->second.moved) return;
  auto& p = it->second;
  p.next = r->offset + 1;
  p.losses = 0;
  std::vector<given> gone;
  // What is wanted before it was not there to be read.
  while (!p.wanted.empty() && p.wanted.begin()->first < r->offset) take_out(p, gone);
  std::vector<given> here;
  if (!p.wanted.empty() && p.wanted.begin()->first == r->offset) take_out(p, here);
  settle(id, p);
  for (const auto& g : gone) g(nullptr);
  for (const auto& g : here) g(r);
}

void payload_reader::lost(const bus::partition_id& at) {
  const auto it = places_.find(at);
  if (it == places_.end() || it->second.moved) return;
  it->second.next = -1;
  it->second.rests = true;
  loops_.spawn([this, at] { return look_again(at); });
}

awaitable<void> payload_reader::look_again(bus::partition_id at) {
  co_await base::sleep_for(pause_after_loss);
  auto& p = places_.find(at)->second;
  p.rests = false;
  std::vector<given> gone;
  if (++p.losses >= losses_that_count) take_out(p, gone);
  settle(at, p);
  for (const auto& g : gone) g(nullptr);
}

void payload_reader::take_out(place& p, std::vector<given>& out) {
  auto first = std::move(p.wanted.extract(p.wanted.begin()).mapped());
  std::move(first.begin(), first.end(), std::back_inserter(out));
}

// Something was taken out: goes on to what is wanted next, or stops.
void payload_reader::settle(const bus::partition_id& id, place& p) {
  if (!p.wanted.empty()) return move(id, p);
  reader_->unfollow(id);
  places_.erase(places_.find(id));
}

void payload_reader::close() {
  if (reader_) reader_->close();
}

awaitable<void> payload_reader::drain(base::steady_time deadline) {
  if (reader_) co_await reader_->drain(deadline);
}

}  // namespace streamdemo::processor
