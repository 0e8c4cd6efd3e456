// How many of something each owner may have at once. Any thread; a place may be given back on another than took it, and
// goes before these.
#pragma once
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace streamdemo::gateway {

class places {
 public:
  // `each`: 0: no bound.
  explicit places(std::size_t each) : each_(each) {}

  class place {
   public:
    place(place&& other) noexcept : of_(std::exchange(other.of_, nullptr)), owner_(std::move(other.owner_)) {}
    place& operator=(place&&) = delete;
    ~place() {
      if (of_ != nullptr) of_->give_back(owner_);
    }

   private:
    friend class places;
    place(places* of, std::string_view owner) : of_(of), owner_(owner) {}
    places* of_;  // nullptr: not counted
    std::string owner_;
  };

  // Nobody's are not counted. nullopt: the owner has all of its places.
  std::optional<place> take(std::string_view owner) {
    if (each_ == 0 || owner.empty()) return place(nullptr, {});
    const std::lock_guard lock(mutex_);
    auto& taken = taken_[std::string(owner)];
    if (taken >= each_) return std::nullopt;
    ++taken;
    return place(this, owner);
  }
  std::size_t each() const noexcept { return each_; }
  std::size_t taken_by(const std::string& owner) const {
    const std::lock_guard lock(mutex_);
    const auto it = taken_.find(owner);
    return it == taken_.end() ? 0 : it->second;
  }
  std::size_t owners() const {
    const std::lock_guard lock(mutex_);
    return taken_.size();
  }

 private:
  void give_back(const std::string& owner) noexcept {
    const std::lock_guard lock(mutex_);
    const auto it = taken_.find(owner);
    if (--it->second == 0) taken_.erase(it);
  }

  const std::size_t each_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, std::size_t> taken_;  // by owner, those with any; under mutex_
};

}  // namespace streamdemo::gateway
