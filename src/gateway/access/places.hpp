// How many of something each owner may have at once. Any thread; a place may be given back on another than took it, and
// goes before these. A place is as large as a pointer, because each stream has one.
#pragma once
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace streamdemo::gateway {

class places {
  struct taken {
    explicit taken(places& all) : of(all) {}
    places& of;
    const std::string* owner = nullptr;
    std::size_t count = 0;
  };

 public:
  // `each`: 0: no bound.
  explicit places(std::size_t each) : each_(each) {}

  class place {
   public:
    place() = default;  // one that is not counted
    place(place&& other) noexcept : one_of_(std::exchange(other.one_of_, nullptr)) {}
    place& operator=(place&& other) noexcept {
      std::swap(one_of_, other.one_of_);
      return *this;
    }
    ~place() {
      if (one_of_ != nullptr) one_of_->of.give_back(*one_of_);
    }

   private:
    friend class places;
    explicit place(taken& t) : one_of_(&t) {}
    taken* one_of_ = nullptr;
  };

  // Nobody's are not counted. nullopt: the owner has all of its places.
  std::optional<place> take(std::string_view owner) {
    if (each_ == 0 || owner.empty()) return place();
    const std::lock_guard lock(mutex_);
    const auto it = taken_.try_emplace(std::string(owner), *this).first;
    auto& t = it->second;
    if (t.count >= each_) return std::nullopt;
    t.owner = &it->first;
    ++t.count;
    return place(t);
  }
  std::size_t each() const noexcept { return each_; }
  std::size_t taken_by(const std::string& owner) const {
    const std::lock_guard lock(mutex_);
    const auto it = taken_.find(owner);
    return it == taken_.end() ? 0 : it->second.count;
  }
  std::size_t owners() const {
    const std::lock_guard lock(mutex_);
    return taken_.size();
  }

 private:
  void give_back(taken& t) noexcept {
    const std::lock_guard lock(mutex_);
    if (--t.count == 0) taken_.erase(taken_.find(*t.owner));
  }

  const std::size_t each_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, taken> taken_;  // by owner, those with any; under mutex_
};

}  // namespace streamdemo::gateway
