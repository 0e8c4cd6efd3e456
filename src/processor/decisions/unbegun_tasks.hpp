// Tasks of one partition that nobody has begun: accepted after the last change of the assignment, so that no owner
// before and no earlier process of this instance can have. (A member that was thrown out of the group and does not know
// it yet may, once.) Pure.
#pragma once
#include <streamdemo/task/message.hpp>

#include <algorithm>
#include <limits>
#include <unordered_set>

namespace streamdemo::processor {

class unbegun_tasks {
 public:
  // Only an end that is asked for under this token or a later one is young enough to be the new owner's beginning.
  void owner_changes(std::uint64_t next_token) {
    owned_from_ = unknown;
    owned_since_ = next_token;
    tasks_.clear();
  }
  void end_known(std::uint64_t token, std::int64_t end) {
    if (token >= owned_since_) owned_from_ = std::min(owned_from_, end);
  }
  // `counts`: the fold did not ignore it. Anything but the `accepted` of a task may be of somebody who has begun it.
  void read(const task::message& m, std::int64_t offset, bool counts) {
    if (m.type != task::message_type::accepted) {
      tasks_.erase(m.request_id);
    } else if (counts && offset >= owned_from_) {
      tasks_.insert(m.request_id);
    }
  }
  bool contains(const std::string& task) const { return tasks_.contains(task); }

 private:
  static constexpr auto unknown = std::numeric_limits<std::int64_t>::max();

  std::int64_t owned_from_ = unknown;
  std::uint64_t owned_since_ = 0;
  std::unordered_set<std::string> tasks_;
};

}  // namespace streamdemo::processor
