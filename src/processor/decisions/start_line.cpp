#include "processor/decisions/start_line.hpp"

#include <algorithm>

namespace streamdemo::processor {

void start_line::add(const std::string& owner, std::string_view kind, place p) {
  change(*owners_.try_emplace(owner).first, [&](owner_queue& q) {
    auto k = std::find_if(q.kinds.begin(), q.kinds.end(), [&](const kind_queue& of) { return of.kind == kind; });
    if (k == q.kinds.end()) k = q.kinds.insert(k, {std::string(kind), {}});
    k->places.push_back(std::move(p));
  });
  ++size_;
}

const start_line::place& start_line::front() {
  if (!std::exchange(is_chosen_, true)) chosen_ = order_.begin()->second;
  return owners_.find(chosen_)->second.kinds.front().places.front();
}

void start_line::pop_front() {
  front();
  is_chosen_ = false;
  const auto it = owners_.find(chosen_);
  change(*it, [&](owner_queue& q) {
    auto& k = q.kinds.front();
    k.places.pop_front();
    if (k.places.empty()) {
      q.kinds.pop_front();
    } else {
      q.kinds.splice(q.kinds.end(), q.kinds, q.kinds.begin());
    }
  });
  --size_;
  drop_if_idle(it);
}

void start_line::took_slot(const std::string& owner) {
  change(*owners_.try_emplace(owner).first, [&](owner_queue& q) {
    ++q.running;
    q.turn = ++turns_;
  });
}

void start_line::gave_slot(const std::string& owner) {
  const auto it = owners_.find(owner);
  change(*it, [](owner_queue& q) { --q.running; });
  drop_if_idle(it);
}

void start_line::clear() {
  erase_if([](const place&) { return true; });
}

void start_line::drop_if_idle(owners::iterator it) {
  if (it->second.kinds.empty() && it->second.running == 0) owners_.erase(it);
}

}  // namespace streamdemo::processor
