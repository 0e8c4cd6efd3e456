// Numbers in the order of times; those of one time in the order of the numbers. Some twenty bytes each, in blocks, so
// that what comes in nearly the right order, as a log does, costs little. Pure; one writer, or any number of readers.
#pragma once
#include <streamdemo/base/clock.hpp>

#include <algorithm>
#include <compare>
#include <cstdint>
#include <vector>

namespace streamdemo::gateway {

class time_order {
 public:
  struct entry {
    base::sys_time at;
    std::uint32_t number;
    auto operator<=>(const entry&) const = default;
  };
  static constexpr std::size_t block_size = 128;

  bool empty() const noexcept { return blocks_.empty(); }
  const entry& front() const { return blocks_.front().front(); }

  // Not one that is in it already.
  void insert(const entry& e) {
    auto i = block_of(e);
    if (i == blocks_.size()) {
      // It is the last of all. The block before it stays full.
      if (blocks_.empty() || blocks_.back().size() == block_size) blocks_.emplace_back();
      blocks_.back().push_back(e);
      return;
    }
    if (blocks_[i].size() == block_size) {
      split(i);
      if (blocks_[i].back() < e) ++i;
    }
    auto& b = blocks_[i];
    b.insert(std::lower_bound(b.begin(), b.end(), e), e);
  }

  void erase(const entry& e) {
    const auto i = block_of(e);
    if (i == blocks_.size()) return;
    auto& b = blocks_[i];
    const auto it = std::lower_bound(b.begin(), b.end(), e);
    if (it == b.end() || *it != e) return;
    b.erase(it);
    if (b.empty()) {
      blocks_.erase(at(i));
    } else if (i + 1 < blocks_.size() && b.size() + blocks_[i + 1].size() <= block_size / 2) {
      b.insert(b.end(), blocks_[i + 1].begin(), blocks_[i + 1].end());
      blocks_.erase(at(i + 1));
    }
  }

  // From the last to the first, or from the last that is not after `e`. Valid until something changes.
  class backwards {
   public:
    explicit backwards(const time_order& o) : blocks_(&o.blocks_), block_(o.blocks_.size()) { leave_block(); }
    backwards(const time_order& o, const entry& e) : blocks_(&o.blocks_), block_(o.block_of(e)) {
      if (block_ < blocks_->size()) {
        const auto& b = (*blocks_)[block_];
        left_ = static_cast<std::size_t>(std::upper_bound(b.begin(), b.end(), e) - b.begin());
      }
      if (left_ == 0) leave_block();
    }
    bool done() const noexcept { return left_ == 0; }
    const entry& now() const { return (*blocks_)[block_][left_ - 1]; }
    void next() {
      if (--left_ == 0) leave_block();
    }

   private:
    void leave_block() {
      if (block_ > 0) left_ = (*blocks_)[--block_].size();
    }
    const std::vector<std::vector<entry>>* blocks_;
    std::size_t block_;
    std::size_t left_ = 0;  // in this block
  };

 private:
  // The block that has `e`, or gets it; the number of blocks: it comes after all.
  std::size_t block_of(const entry& e) const {
    if (blocks_.empty() || blocks_.back().back() < e) return blocks_.size();
    const auto before = [](const auto& b, const entry& x) { return b.back() < x; };
    return static_cast<std::size_t>(std::lower_bound(blocks_.begin(), blocks_.end(), e, before) - blocks_.begin());
  }
  std::vector<std::vector<entry>>::iterator at(std::size_t i) {
    return blocks_.begin() + static_cast<std::ptrdiff_t>(i);
  }
  void split(std::size_t i) {
    const auto middle = static_cast<std::ptrdiff_t>(block_size / 2);
    std::vector<entry> upper(blocks_[i].begin() + middle, blocks_[i].end());
    blocks_[i].resize(block_size / 2);
    blocks_.insert(at(i + 1), std::move(upper));
  }

  std::vector<std::vector<entry>> blocks_;  // none is empty
};

}  // namespace streamdemo::gateway
