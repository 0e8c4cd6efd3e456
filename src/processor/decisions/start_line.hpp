// The tasks that wait for a slot of this process, and whose turn it is. The owner with the fewest runs here comes
// first; of several, the one whose last task began longest ago. An owner's kinds take turns, and within a kind the task
// that came first is next. So an owner with ten thousand tasks, or with tasks of an hour, makes nobody else wait longer
// than until one slot becomes free. Tasks without an owner (accepted before there were owners, or without access
// control) count as tasks of one owner. Pure; one thread; a step takes logarithmic time in the number of owners.
#pragma once
#include <streamdemo/base/string_map.hpp>

#include <cstdint>
#include <deque>
#include <list>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace streamdemo::processor {

class start_line {
 public:
  struct place {
    std::int32_t partition = 0;
    std::string task;
  };

  bool empty() const noexcept { return size_ == 0; }
  std::size_t size() const noexcept { return size_; }

  void add(const std::string& owner, std::string_view kind, place p);

  // The task whose turn it is. It stays the same until pop_front(), whatever is added or ends meanwhile, so that a task
  // that must wait for an empty process is not overtaken. The line must not be empty.
  const place& front();
  void pop_front();

  // A run of this owner's tasks has taken a slot, or has given it back.
  void took_slot(const std::string& owner);
  void gave_slot(const std::string& owner);

  template <class Predicate>
  void erase_if(Predicate gone);
  void clear();

 private:
  struct kind_queue {
    std::string kind;
    std::deque<place> places;  // never empty
  };
  struct owner_queue {
    std::list<kind_queue> kinds;  // the next one first
    std::uint32_t running = 0;
    std::uint64_t turn = 0;  // number of its last start; 0: none yet
  };
  using owners = base::string_map<owner_queue>;
  // The place of an owner in order_: by runs, then by its last start. Only owners with waiting tasks have one.
  using rank = std::pair<std::pair<std::uint32_t, std::uint64_t>, std::string_view>;

  static rank rank_of(const owners::value_type& o) { return {{o.second.running, o.second.turn}, o.first}; }
  // Changes an owner's queue, and keeps order_ right.
  template <class Change>
  void change(owners::value_type& o, Change c);
  void drop_if_idle(owners::iterator it);

  owners owners_;  // owners with waiting tasks or runs
  std::set<rank> order_;
  std::string chosen_;  // the owner of front(), while is_chosen_
  bool is_chosen_ = false;
  std::uint64_t turns_ = 0;
  std::size_t size_ = 0;
};

template <class Predicate>
void start_line::erase_if(Predicate gone) {
  for (auto it = owners_.begin(); it != owners_.end();) {
    const auto here = it++;
    change(*here, [&](owner_queue& q) {
      for (auto& k : q.kinds) size_ -= std::erase_if(k.places, gone);
      std::erase_if(q.kinds, [](const kind_queue& k) { return k.places.empty(); });
    });
    if (here->second.kinds.empty() && is_chosen_ && here->first == chosen_) is_chosen_ = false;
    drop_if_idle(here);
  }
}

template <class Change>
void start_line::change(owners::value_type& o, Change c) {
  if (!o.second.kinds.empty()) order_.erase(rank_of(o));
  c(o.second);
  if (!o.second.kinds.empty()) order_.insert(rank_of(o));
}

}  // namespace streamdemo::processor
