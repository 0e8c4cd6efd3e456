// The tasks that wait for a slot of this process, and whose turn it is. First come tasks that had their turn already
// and whose processor was lost. Of the owners with a task of a kind that has a free slot, the one with the fewest runs
// here comes first; of several, the one whose last task began longest ago. An owner's kinds take turns, and within a
// kind the task that came first is next. So an owner with ten thousand tasks, or with tasks of an hour, makes nobody
// else wait longer than until one slot becomes free, and a kind whose slots are all taken holds back no other. Tasks
// without an owner (accepted before there were owners, or without access control) count as tasks of one owner. Pure;
// one thread; a step takes logarithmic time in the number of owners, and linear time in the number of kinds.
#pragma once
#include <streamdemo/base/string_map.hpp>

#include <cstdint>
#include <deque>
#include <list>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

namespace streamdemo::processor {

class start_line {
 public:
  struct place {
    std::int32_t partition = 0;
    std::string task;
    bool operator==(const place&) const = default;
  };

  bool empty() const noexcept { return size_ == 0; }
  std::size_t size() const noexcept { return size_; }
  bool has(std::string_view kind) const {
    const auto it = kinds_.find(kind);
    return it != kinds_.end() && !it->second.empty();
  }

  void add(const std::string& owner, std::string_view kind, place p);
  // Before its owner's other tasks of the kind: it had its turn already.
  void add_first(const std::string& owner, std::string_view kind, place p);

  // Takes out the task whose turn it is, among those of kinds for which `has_slot(kind)`. nullopt: there is none.
  template <class Predicate>
  std::optional<place> take(Predicate has_slot);

  // A task that ran, and was lost with its processor.
  void add_lost(const std::string& owner, std::string_view kind, place p);

  // A run of this owner's tasks has taken a slot, or has given it back.
  void took_slot(const std::string& owner);
  void gave_slot(const std::string& owner);

  template <class Predicate>
  void erase_if(Predicate gone);
  void clear();

 private:
  struct kind_queue {
    std::string kind;
    std::deque<place> lost;
    std::deque<place> places;
    bool empty() const noexcept { return lost.empty() && places.empty(); }  // false for those that are kept
  };
  using queues = std::list<kind_queue>;
  struct owner_queue {
    queues kinds;  // the next one first
    std::uint32_t running = 0;
    std::uint64_t turn = 0;  // number of its last start; 0: none yet
  };
  using owners = base::string_map<owner_queue>;
  // The place of an owner among others with tasks of a kind: those with lost ones first, then by runs, then by its last
  // start.
  using rank = std::tuple<bool, std::uint32_t, std::uint64_t, std::string_view>;

  static rank rank_of(const owners::value_type& o, const kind_queue& k) {
    return {k.lost.empty(), o.second.running, o.second.turn, o.first};
  }
  kind_queue& queue_of(owner_queue& q, std::string_view kind);
  // Changes an owner's queue, and keeps kinds_ right.
  template <class Change>
  void change(owners::value_type& o, Change c);
  place take_from(owners::iterator it, queues::iterator k);
  void drop_if_idle(owners::iterator it);

  owners owners_;                           // owners with waiting tasks or runs
  base::string_map<std::set<rank>> kinds_;  // the owners with waiting tasks of a kind, in order
  std::uint64_t turns_ = 0;
  std::size_t size_ = 0;
};

template <class Predicate>
std::optional<start_line::place> start_line::take(Predicate has_slot) {
  const rank* first = nullptr;
  for (const auto& [kind, order] : kinds_) {
    if (!order.empty() && has_slot(kind) && (first == nullptr || *order.begin() < *first)) first = &*order.begin();
  }
  if (first == nullptr) return std::nullopt;
  const auto it = owners_.find(std::get<std::string_view>(*first));
  const bool is_lost = !std::get<bool>(*first);
  auto k = it->second.kinds.begin();
  while (!has_slot(k->kind) || (is_lost && k->lost.empty())) ++k;
  return take_from(it, k);
}

template <class Predicate>
void start_line::erase_if(Predicate gone) {
  for (auto it = owners_.begin(); it != owners_.end();) {
    const auto here = it++;
    change(*here, [&](owner_queue& q) {
      for (auto& k : q.kinds) size_ -= std::erase_if(k.lost, gone) + std::erase_if(k.places, gone);
      std::erase_if(q.kinds, [](const kind_queue& k) { return k.empty(); });
    });
    drop_if_idle(here);
  }
}

template <class Change>
void start_line::change(owners::value_type& o, Change c) {
  for (const auto& k : o.second.kinds) kinds_.find(k.kind)->second.erase(rank_of(o, k));
  c(o.second);
  for (const auto& k : o.second.kinds) kinds_[k.kind].insert(rank_of(o, k));
}

}  // namespace streamdemo::processor
