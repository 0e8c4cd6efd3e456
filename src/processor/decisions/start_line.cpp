#include "processor/decisions/start_line.hpp"

#include <algorithm>

namespace streamdemo::processor {

start_line::kind_queue& start_line::queue_of(owner_queue& q, std::string_view kind) {
  const auto k = std::find_if(q.kinds.begin(), q.kinds.end(), [&](const kind_queue& of) { return of.kind == kind; });
  if (k != q.kinds.end()) return *k;
  auto& made = q.kinds.emplace_back();  // in its place: a std::deque takes memory to be moved from
  made.kind = kind;
  return made;
}

void start_line::add(const std::string& owner, std::string_view kind, place p) {
  change(*owners_.try_emplace(owner).first, [&](owner_queue& q) { queue_of(q, kind).places.push_back(std::move(p)); });
  ++size_;
}

void start_line::add_first(const std::string& owner, std::string_view kind, place p) {
  change(*owners_.try_emplace(owner).first, [&](owner_queue& q) { queue_of(q, kind).places.push_front(std::move(p)); });
  ++size_;
}

void start_line::add_lost(const std::string& owner, std::string_view kind, place p) {
  change(*owners_.try_emplace(owner).first, [&](owner_queue& q) { queue_of(q, kind).lost.push_back(std::move(p)); });
  ++size_;
}

start_line::place start_line::take_from(owners::iterator it, queues::iterator k) {
  place taken;
  change(*it, [&](owner_queue& q) {
    auto& from = k->lost.empty() ? k->places : k->lost;
    taken = std::move(from.front());
    from.pop_front();
    if (k->empty()) {
      q.kinds.erase(k);
    } else {
      q.kinds.splice(q.kinds.end(), q.kinds, k);
    }
  });
  --size_;
  drop_if_idle(it);
  return taken;
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
