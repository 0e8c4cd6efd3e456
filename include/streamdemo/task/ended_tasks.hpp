// What the fold remembers about ended tasks: id, status, time and number of events, in about eighty bytes each. It
// keeps them for keep_for, because during that time another `accepted` with the same id must be ignored. Pure; one
// thread.
#pragma once
#include <streamdemo/task/message.hpp>

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace streamdemo::task {

class ended_tasks {
 public:
  struct end {
    status how = status::failed;
    bool deleted = false;        // its data was deleted
    std::uint32_t last_seq = 0;  // larger values are stored as the largest that fits
    sys_time at{};               // log time
  };

  void put(std::string_view request_id, end e);
  std::optional<end> find(std::string_view request_id) const;
  void erase(std::string_view request_id);
  // The task must be known to find().
  void mark_deleted(std::string_view request_id);

  // Calls `f` with each id, in the order of their ends.
  void for_each(const std::function<void(const std::string&)>& f) const;

  // Forgets the tasks that ended before `at`, and returns how many.
  std::size_t forget_before(sys_time at);

  std::size_t size() const noexcept { return uuids_.ends.size() + others_.ends.size(); }
  // The approximate memory of all of them.
  std::size_t bytes() const noexcept;

 private:
  using uuid = std::array<std::uint8_t, 16>;
  struct hasher {
    std::size_t operator()(const uuid& bytes) const noexcept {
      return std::hash<std::string_view>{}({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    }
  };

  template <class Key, class Hash>
  struct shelf {
    std::unordered_map<Key, end, Hash> ends;
    std::deque<std::pair<sys_time, Key>>
        order;  // by the time of the end; of an id that is in it twice the later counts

    std::size_t forget_before(sys_time at);
    std::size_t bytes() const noexcept;
  };

  // Calls `f` with the shelf of the id and its key there.
  template <class Self, class F>
  static auto with_shelf(Self& self, std::string_view request_id, F f);

  // Nearly all ids are UUIDs, which as 16 bytes need no separate allocation.
  shelf<uuid, hasher> uuids_;
  shelf<std::string, std::hash<std::string>> others_;
};

}  // namespace streamdemo::task
