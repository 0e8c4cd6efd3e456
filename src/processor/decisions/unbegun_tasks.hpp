// Tasks of one partition that nobody has begun: they were accepted after the last change of the assignment, so neither
// a former owner nor an earlier process of this instance can have begun them. (Only a member that was removed from the
// group and does not know it yet may have.) Pure.
#pragma once
#include <streamdemo/base/string_map.hpp>
#include <streamdemo/task/message.hpp>

#include <algorithm>
#include <limits>

namespace streamdemo::processor {

class unbegun_tasks {
 public:
  // Only an end that is asked for under this token or a later one is recent enough to tell where the new ownership
  // begins.
  void owner_changes(std::uint64_t next_token) {
    owned_from_ = unknown;
    owned_since_ = next_token;
    tasks_.clear();
  }
  void end_known(std::uint64_t token, std::int64_t end) {
    if (token >= owned_since_) owned_from_ = std::min(owned_from_, end);
  }
  // Whether a record at `offset` was written under the present ownership.
  bool is_owned(std::int64_t offset) const noexcept { return offset >= owned_from_; }
  // `counts`: the fold did not ignore the record. Any record of a task except its `accepted` may come from somebody who
  // has begun it.
  void read(const task::message_view& m, std::int64_t offset, bool counts) {
    if (m.type != task::message_type::accepted) {
      base::erase_found(tasks_, m.request_id);
    } else if (counts && is_owned(offset)) {
      tasks_.emplace(m.request_id);
    }
  }
  bool contains(const std::string& task) const { return tasks_.contains(task); }

 private:
  static constexpr auto unknown = std::numeric_limits<std::int64_t>::max();

  std::int64_t owned_from_ = unknown;
  std::uint64_t owned_since_ = 0;
  base::string_set tasks_;
};

}  // namespace streamdemo::processor
