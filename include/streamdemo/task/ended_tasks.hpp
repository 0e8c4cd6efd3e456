// What the fold remembers about ended tasks: id, status, time and number of events, in about fifty bytes each. It
// keeps them for keep_for, because during that time another `accepted` with the same id must be ignored. Pure; one
// thread.
#pragma once
#include <streamdemo/base/id.hpp>
#include <streamdemo/base/number_table.hpp>
#include <streamdemo/task/message.hpp>

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

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

  std::size_t size() const noexcept { return uuids_.numbers.size() + others_.numbers.size(); }
  // The approximate memory of all of them.
  std::size_t bytes() const noexcept;

 private:
  // The entries lie in the order in which they were put, and are found by their numbers, which go around. An id that is
  // put again gets a new entry; the old one, as every one that was erased, is gone from the table and leaves the queue
  // when its turn comes.
  template <class Key, class Hash>
  struct shelf {
    struct entry {
      Key key;
      sys_time at;
      std::uint32_t last_seq;
      status how;
      bool deleted;
      bool gone;
    };
    std::deque<entry> entries;
    std::uint32_t first = 0;  // the number of the first entry
    base::number_table numbers;

    const entry* find(const Key& key) const;
    entry* find(const Key& key);
    void put(const Key& key, const end& e);
    void erase(const Key& key);
    std::size_t forget_before(sys_time at);
    std::size_t bytes() const noexcept;

   private:
    // Such numbers differ from number_table::none.
    static constexpr std::uint32_t most = 0x7fffffff;
    std::size_t index_of(std::uint32_t number) const noexcept { return (number - first) & most; }
    std::uint32_t number_of(const Key& key) const;
  };

  // Calls `f` with the shelf of the id and its key there.
  template <class Self, class F>
  static auto with_shelf(Self& self, std::string_view request_id, F f);

  // Nearly all ids are UUIDs, which as 16 bytes need no separate allocation.
  shelf<base::id_bytes, base::id_bytes_hash> uuids_;
  shelf<std::string, std::hash<std::string>> others_;
};

}  // namespace streamdemo::task
