// A queue whose entries may become stale anywhere in it, not only at the front. Now and then a push checks one block
// and removes its stale entries, so that there are never more than about twice as many entries as good ones, and no
// call walks through all of them. `stale` is a predicate over entries. Pure; one thread.
#pragma once
#include <algorithm>
#include <iterator>
#include <list>
#include <vector>

namespace streamdemo::gateway {

template <class Entry>
class tidy_queue {
 public:
  bool empty() const noexcept { return size_ == 0; }
  std::size_t size() const noexcept { return size_; }
  Entry& front() noexcept { return blocks_.front().entries[blocks_.front().begin]; }
  Entry& back() noexcept { return blocks_.back().entries.back(); }

  void pop_front() {
    auto& b = blocks_.front();
    b.entries[b.begin++] = Entry{};
    --size_;
    if (b.begin < b.entries.size()) return;
    if (next_ == blocks_.begin()) ++next_;
    blocks_.pop_front();
  }

  template <class Stale>
  void push(Entry e, Stale&& stale) {
    if (blocks_.empty() || blocks_.back().entries.size() == block_size) {
      blocks_.emplace_back().entries.reserve(block_size);
    }
    blocks_.back().entries.push_back(std::move(e));
    ++size_;
    if (++pushed_ % (block_size / 4) == 0) tidy(stale);
  }

  // Checks the next block, and starts over after the last one.
  template <class Stale>
  void tidy(Stale&& stale) {
    if (blocks_.empty()) return;
    if (next_ == blocks_.end()) next_ = blocks_.begin();
    const auto here = next_++;
    auto& entries = here->entries;
    const auto before = entries.size() - here->begin;
    entries.erase(entries.begin(), entries.begin() + static_cast<std::ptrdiff_t>(here->begin));
    here->begin = 0;
    std::erase_if(entries, stale);
    size_ -= before - entries.size();
    if (entries.empty()) {
      blocks_.erase(here);
    } else if (here != blocks_.begin()) {
      merge(std::prev(here), here);
    }
  }

 private:
  static constexpr std::size_t block_size = 256;

  struct block {
    std::vector<Entry> entries;
    std::size_t begin = 0;  // entries before it were popped
  };
  using place = typename std::list<block>::iterator;

  // Neighbours that fit into one block become one.
  void merge(place to, place from) {
    if (to->entries.size() + from->entries.size() > block_size) return;
    std::move(from->entries.begin(), from->entries.end(), std::back_inserter(to->entries));
    blocks_.erase(from);
  }

  std::list<block> blocks_;  // none is empty
  place next_ = blocks_.end();
  std::size_t size_ = 0;
  std::size_t pushed_ = 0;
};

}  // namespace streamdemo::gateway
