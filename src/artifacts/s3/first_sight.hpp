// Since when each name of a listing has been there, as far as this process has seen. A listing is gone through name by
// name, and what is not in it is forgotten at its end. Remembers at most `most` names. Pure: `Time` is of any clock.
#pragma once
#include <cstddef>
#include <map>
#include <string>

namespace streamdemo::artifacts::s3 {

template <class Time>
class first_sight {
 public:
  explicit first_sight(std::size_t most) : most_(most) {}

  // It is there since `now`, although no listing has had it yet.
  void add(const std::string& name, Time now) {
    if (!listed_.contains(name) && has_room()) known_.emplace(name, now);
  }
  // A listing is asked for at `now`. One that did not come to its end changes nothing but what it has added.
  void begin(Time now) {
    known_.merge(listed_);
    listed_.clear();
    began_ = now;
  }
  // Since when the next name of the listing is there. While there is no room for new ones, they are seen `now`, again
  // and again; what is remembered stays so.
  Time date(const std::string& name, Time now) {
    if (auto before = known_.extract(name)) return listed_.insert(std::move(before)).position->second;
    if (const auto twice = listed_.find(name); twice != listed_.end()) return twice->second;
    if (has_room()) listed_.emplace(name, now);
    return now;
  }
  // It is complete. What was added since it began may be missing in it.
  void end() {
    std::erase_if(known_, [this](const auto& k) { return k.second < began_; });
    known_.merge(listed_);
    listed_.clear();
  }

 private:
  using times = std::map<std::string, Time>;

  bool has_room() const noexcept { return known_.size() + listed_.size() < most_; }

  const std::size_t most_;
  times known_;   // before this listing, and not in it so far
  times listed_;  // in this listing
  Time began_{};
};

}  // namespace streamdemo::artifacts::s3
