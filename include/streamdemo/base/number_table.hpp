// A hash table of numbers that stand for things which lie elsewhere and know their own keys. It takes 8 bytes for each
// place, some 14 for each thing, and none of its own for the thing. Pure; one writer, or any number of readers.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace streamdemo::base {

class number_table {
 public:
  using number = std::uint32_t;
  static constexpr number none = ~number{0};

  // The number that was inserted with this hash and of which `is` is true; `none`: there is none.
  template <class Is>
  number find(std::size_t hash, Is&& is) const {
    if (places_.empty()) return none;
    const auto mark = mark_of(hash);
    for (auto i = home_of(mark);; i = after(i)) {
      const auto& p = places_[i];
      if (p.what == none || (p.mark == mark && is(p.what))) return p.what;
    }
  }

  // Not one that is in it already.
  void insert(std::size_t hash, number n) {
    if ((size_ + 1) * 4 > places_.size() * 3) resize(places_.empty() ? least : places_.size() * 2);
    put({n, mark_of(hash)});
    ++size_;
  }

  // One that was inserted with this hash.
  void erase(std::size_t hash, number n) {
    auto hole = home_of(mark_of(hash));
    while (places_[hole].what != n) hole = after(hole);
    // What lies behind the hole must still be found from where its hash points to.
    for (auto i = after(hole); places_[i].what != none; i = after(i)) {
      if (distance(home_of(places_[i].mark), i) < distance(hole, i)) continue;
      places_[hole] = places_[i];
      hole = i;
    }
    places_[hole] = {};
    if (--size_ == 0) {
      std::vector<place>().swap(places_);
    } else if (places_.size() > least && size_ * 8 < places_.size()) {
      resize(places_.size() / 2);
    }
  }

  std::size_t size() const noexcept { return size_; }
  std::size_t bytes() const noexcept { return places_.capacity() * sizeof(place); }
  // What a thing takes in it on average. A sum of this does not jump when the table grows.
  static constexpr std::size_t bytes_each = 15;

 private:
  static constexpr std::size_t least = 16;
  struct place {
    number what = none;
    std::uint32_t mark = 0;
  };

  static std::uint32_t mark_of(std::size_t hash) noexcept { return static_cast<std::uint32_t>(hash ^ hash >> 32); }
  // The number of places is a power of two.
  std::size_t home_of(std::uint32_t mark) const noexcept { return mark & (places_.size() - 1); }
  std::size_t after(std::size_t i) const noexcept { return (i + 1) & (places_.size() - 1); }
  std::size_t distance(std::size_t from, std::size_t to) const noexcept { return (to - from) & (places_.size() - 1); }

  void put(place p) {
    auto i = home_of(p.mark);
    while (places_[i].what != none) i = after(i);
    places_[i] = p;
  }

  void resize(std::size_t n) {
    std::vector<place> old(n);
    old.swap(places_);
    for (const auto& p : old) {
      if (p.what != none) put(p);
    }
  }

  std::vector<place> places_;
  std::size_t size_ = 0;
};

}  // namespace streamdemo::base
