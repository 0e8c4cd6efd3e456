// Things of one type under numbers that stay theirs, in slabs: no allocation for each, and a slab that has none left
// goes. Pure; one writer, or any number of readers.
#pragma once
#include <cstdint>
#include <memory>
#include <set>
#include <utility>
#include <vector>

namespace streamdemo::gateway {

template <class T>
class slabs {
 public:
  using number = std::uint32_t;
  static constexpr std::size_t per_slab = (64 << 10) / sizeof(T);

  T& operator[](number n) { return slabs_[n / per_slab].things[n % per_slab]; }
  const T& operator[](number n) const { return slabs_[n / per_slab].things[n % per_slab]; }
  std::size_t size() const noexcept { return size_; }

  // The lowest numbers are used first, so that the upper slabs empty themselves.
  number add(T thing) {
    if (with_room_.empty()) {
      with_room_.insert(static_cast<number>(slabs_.size()));
      slabs_.emplace_back();
    }
    const auto i = *with_room_.begin();
    auto& s = slabs_[i];
    if (!s.things) s.things = std::make_unique<T[]>(per_slab);
    std::uint32_t place = s.begun;
    if (s.free.empty()) {
      ++s.begun;
    } else {
      place = s.free.back();
      s.free.pop_back();
    }
    s.things[place] = std::move(thing);
    ++size_;
    if (++s.used == per_slab) with_room_.erase(i);
    return static_cast<number>(i * per_slab) + place;
  }

  void remove(number n) {
    const auto i = static_cast<number>(n / per_slab);
    auto& s = slabs_[i];
    s.things[n % per_slab] = T{};
    s.free.push_back(static_cast<std::uint16_t>(n % per_slab));
    --size_;
    with_room_.insert(i);
    if (--s.used == 0) s = slab{};
  }

  // Calls `f` with each number and thing.
  template <class F>
  void for_each(F&& f) const {
    for (std::size_t i = 0; i < slabs_.size(); ++i) {
      const auto& s = slabs_[i];
      std::vector<bool> is_free(s.begun);
      for (const auto place : s.free) is_free[place] = true;
      for (std::uint32_t place = 0; place < s.begun; ++place) {
        if (!is_free[place]) f(static_cast<number>(i * per_slab) + place, s.things[place]);
      }
    }
  }

 private:
  static_assert(per_slab > 1 && per_slab <= 0xffff);
  struct slab {
    std::unique_ptr<T[]> things;
    std::vector<std::uint16_t> free;  // those below `begun` that are not used
    std::uint32_t begun = 0;
    std::uint32_t used = 0;
  };
  std::vector<slab> slabs_;
  std::set<number> with_room_;
  std::size_t size_ = 0;
};

}  // namespace streamdemo::gateway
