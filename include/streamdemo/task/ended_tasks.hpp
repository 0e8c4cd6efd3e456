// What must be remembered of a task that has ended: its id, how and when, in some eighty bytes. The fold keeps it for
// keep_for, in which a later `accepted` of the same id must be ignored. Pure; one thread.
#pragma once
#include <streamdemo/task/message.hpp>

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>

namespace streamdemo::task {

class ended_tasks {
 public:
  struct end {
    status how = status::failed;
    sys_time at{};  // log time
  };

  void put(std::string_view request_id, end e);
  std::optional<end> find(std::string_view request_id) const;
  void erase(std::string_view request_id);

  // Those that ended before `at`; how many.
  std::size_t forget_before(sys_time at);

  std::size_t size() const noexcept { return ends_.size(); }

 private:
  // Nearly all ids are UUIDs, whose 16 bytes need no memory of their own.
  using key = std::variant<std::array<std::uint8_t, 16>, std::string>;
  static key key_of(std::string_view request_id);
  struct hasher {
    std::size_t operator()(const key& k) const noexcept;
  };

  std::unordered_map<key, end, hasher> ends_;
  std::deque<std::pair<sys_time, key>> order_;  // as they ended; an id may stand in it twice, the later one counts
};

}  // namespace streamdemo::task
