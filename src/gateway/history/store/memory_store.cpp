#include <map>
#include <mutex>

#include "gateway/history/store/event_key.hpp"
#include "gateway/history/store/event_store.hpp"

namespace streamdemo::gateway {

class memory_store final : public event_store {
 public:
  base::result<opened> open(std::string_view shape) override {
    const std::lock_guard lock(mutex_);
    const auto before = notes_.find(shape_key);
    const bool fits = before != notes_.end() && before->second == shape;
    opened o{.kept = fits, .why = fits || (events_.empty() && notes_.empty()) ? "" : "another shape"};
    if (!fits) clear();
    return o;
  }

  base::result<void> put_aside() override {
    const std::lock_guard lock(mutex_);
    clear();
    return {};
  }

  base::result<void> write(std::span<const change> changes, std::span<const note> notes) override {
    const std::lock_guard lock(mutex_);
    for (const auto& n : notes) {
      if (!n.erase_to.empty()) {
        notes_.erase(notes_.lower_bound(n.key), notes_.lower_bound(n.erase_to));
      } else if (n.value) {
        notes_[n.key] = *n.value;
      } else {
        notes_.erase(n.key);
      }
    }
    for (const auto& c : changes) {
      for (const auto& e : c.add) add(key_of_event(c.name, e->seq()), e);
      if (c.erase_through == 0) continue;
      erase(events_.lower_bound(key_of_event(c.name, c.erase_from)),
            events_.upper_bound(key_of_event(c.name, c.erase_through)));
    }
    return {};
  }

  base::result<void> read_notes(std::string_view after, const note_reader& f) const override {
    const std::lock_guard lock(mutex_);
    auto it = notes_.upper_bound(after);
    while (it != notes_.end() && f(it->first, it->second)) ++it;
    return {};
  }

  base::result<std::vector<task::event_ptr>> read(std::string_view name, std::int64_t after, std::size_t max_events,
                                                  std::size_t max_bytes) const override {
    std::vector<task::event_ptr> found;
    std::size_t bytes = 0;
    const std::lock_guard lock(mutex_);
    auto it = events_.upper_bound(key_of_event(name, after));
    for (; it != events_.end() && it->first.starts_with(name); ++it) {
      if (found.size() >= max_events || (!found.empty() && bytes >= max_bytes)) break;
      bytes += it->second->json().size();
      found.push_back(it->second);
    }
    return found;
  }

  base::result<void> erase_before(base::sys_time at, bool) override {
    const std::lock_guard lock(mutex_);
    erase(events_.begin(), events_.lower_bound(key_of_time(at)));
    return {};
  }

  base::result<void> recover(std::span<const change> erasures, bool everything) override {
    if (!everything) return write(erasures, {});
    const std::lock_guard lock(mutex_);
    clear();
    return {};
  }
  std::uint64_t disk_bytes() const override {
    const std::lock_guard lock(mutex_);
    return bytes_;
  }
  std::size_t memory_bytes() const noexcept override { return 0; }

 private:
  using by_key = std::map<std::string, task::event_ptr>;

  void clear() {
    events_.clear();
    notes_.clear();
    bytes_ = 0;
  }

  void add(std::string key, const task::event_ptr& e) {
    auto& place = events_[std::move(key)];
    if (place) bytes_ -= place->sse().size();
    bytes_ += e->sse().size();
    place = e;
  }

  void erase(by_key::iterator from, by_key::iterator to) {
    for (auto it = from; it != to; it = events_.erase(it)) bytes_ -= it->second->sse().size();
  }

  mutable std::mutex mutex_;
  by_key events_;
  std::map<std::string, std::string, std::less<>> notes_;
  std::uint64_t bytes_ = 0;
};

std::unique_ptr<event_store> make_memory_store() {
  return std::make_unique<memory_store>();
}

}  // namespace streamdemo::gateway
