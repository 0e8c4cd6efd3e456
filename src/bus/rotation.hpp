// Visits the elements of a container, starting one further each time, so that no partition is always served last.
#pragma once
#include <cstddef>
#include <iterator>

namespace streamdemo::bus {

class rotation {
 public:
  // Visits each element of `all` once, until `visit_one` returns false, which must not add or remove elements.
  template <class Container, class Visit>
  void visit(Container& all, Visit visit_one) {
    if (all.empty()) return;
    auto it = std::next(all.begin(), static_cast<std::ptrdiff_t>(++first_ % all.size()));
    for (std::size_t n = all.size(); n > 0 && visit_one(*it); --n) {
      if (++it == all.end()) it = all.begin();
    }
  }

 private:
  std::size_t first_ = 0;
};

}  // namespace streamdemo::bus
