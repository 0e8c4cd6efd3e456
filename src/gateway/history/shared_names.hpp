// Texts that many things have in common (kinds, owners, gateways): each is kept once, under a number, as long as
// somebody holds it. Pure; one writer, or any number of readers.
#pragma once
#include <streamdemo/base/number_table.hpp>

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace streamdemo::gateway {

class shared_names {
 public:
  using number = base::number_table::number;

  // One holder more.
  number hold(std::string_view text) {
    const auto n = numbers_.find(hash_of(text), [&](auto i) { return names_[i].text == text; });
    if (n != base::number_table::none) return ++names_[n].holders, n;
    auto made = static_cast<number>(names_.size());
    if (free_.empty()) {
      names_.emplace_back();
    } else {
      made = free_.back();
      free_.pop_back();
    }
    names_[made] = {std::string(text), 1};
    numbers_.insert(hash_of(text), made);
    text_bytes_ += text.size();
    return made;
  }

  // One holder less.
  void let_go(number n) {
    auto& known = names_[n];
    if (--known.holders > 0) return;
    numbers_.erase(hash_of(known.text), n);
    text_bytes_ -= known.text.size();
    known.text = std::string();
    free_.push_back(n);
  }

  const std::string& text(number n) const { return names_[n].text; }
  std::size_t size() const noexcept { return numbers_.size(); }
  std::size_t bytes() const noexcept {
    return names_.size() * (sizeof(name) + sizeof(number)) + text_bytes_ +
           numbers_.size() * base::number_table::bytes_each;
  }

 private:
  struct name {
    std::string text;
    std::uint32_t holders = 0;
  };
  static std::size_t hash_of(std::string_view text) noexcept { return std::hash<std::string_view>{}(text); }

  std::deque<name> names_;
  std::vector<number> free_;
  base::number_table numbers_;
  std::size_t text_bytes_ = 0;
};

}  // namespace streamdemo::gateway
