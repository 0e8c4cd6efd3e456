// The simulated bus: the partitions of `response`, and senders whose records are appended some time after they were
// sent, even after their process has died. The request topics are in group.hpp.
#pragma once
#include <streamdemo/bus/bus.hpp>
#include <streamdemo/task/message.hpp>

#include <deque>
#include <functional>
#include <map>
#include <set>

#include "property/random.hpp"

namespace property {

using namespace streamdemo;
using base::milliseconds;
using base::sys_time;
using message_ptr = std::shared_ptr<const task::message>;

inline constexpr std::int32_t partitions = 2;

struct stored {
  message_ptr message;
  sys_time log_time;
};

class response_log {
 public:
  using seen = std::function<void(std::int32_t partition, const stored&)>;
  explicit response_log(seen on_append) : on_append_(std::move(on_append)) {}

  std::int64_t append(std::int32_t p, message_ptr m, sys_time now) {
    auto& log = logs_[static_cast<std::size_t>(p)];
    log.push_back({std::move(m), now});
    on_append_(p, log.back());
    return static_cast<std::int64_t>(log.size()) - 1;
  }
  std::int64_t end(std::int32_t p) const {
    return static_cast<std::int64_t>(logs_[static_cast<std::size_t>(p)].size());
  }
  const stored& at(std::int32_t p, std::int64_t offset) const {
    return logs_[static_cast<std::size_t>(p)][static_cast<std::size_t>(offset)];
  }
  std::int64_t first_since(std::int32_t p, sys_time from) const {
    std::int64_t i = 0;
    while (i < end(p) && at(p, i).log_time < from) ++i;
    return i;
  }
  bool stalled(std::int32_t p, sys_time now) const { return now < stalled_until_[static_cast<std::size_t>(p)]; }
  void stall(std::int32_t p, sys_time until) { stalled_until_[static_cast<std::size_t>(p)] = until; }

 private:
  seen on_append_;
  std::array<std::vector<stored>, partitions> logs_;
  std::array<sys_time, partitions> stalled_until_{};
};

// The producer of one process. Keeps the order within a partition; records are appended late and acknowledged later
// still. send_again() is a retry after an error that left open what was appended: then both copies are in the log.
class sender {
 public:
  using acked = std::function<void(std::int64_t offset)>;
  struct entry {
    message_ptr message;
    acked done;
    std::int64_t offset = -1;
  };

  void send(std::int32_t p, task::message m, acked done = {}) {
    queue(p).push_back({std::make_shared<const task::message>(std::move(m)), std::move(done), -1});
  }
  void take(response_log& log, std::int32_t p, std::size_t most, sys_time now) {
    for (auto& q = queue(p); most > 0 && !q.empty(); --most) {
      q.front().offset = log.append(p, q.front().message, now);
      unacked(p).push_back(std::move(q.front()));
      q.pop_front();
    }
  }
  void acknowledge(std::int32_t p) {
    auto now = std::exchange(unacked(p), {});
    for (auto& e : now) {
      if (e.done) e.done(e.offset);
    }
  }
  void send_again(std::int32_t p) {
    auto& q = queue(p);
    q.insert(q.begin(), std::make_move_iterator(unacked(p).begin()), std::make_move_iterator(unacked(p).end()));
    unacked(p).clear();
  }
  // Its process has died: nobody receives acknowledgements, and only some of the queued records were sent.
  void orphan(random& r) {
    for (std::int32_t p = 0; p < partitions; ++p) {
      unacked(p).clear();
      auto& q = queue(p);
      q.resize(static_cast<std::size_t>(r.between(0, static_cast<std::int64_t>(q.size()))));
      for (auto& e : q) e.done = {};
    }
  }
  bool empty() const {
    for (const auto& q : queues_) {
      if (!q.empty()) return false;
    }
    return true;
  }

 private:
  std::deque<entry>& queue(std::int32_t p) { return queues_[static_cast<std::size_t>(p)]; }
  std::deque<entry>& unacked(std::int32_t p) { return unacked_[static_cast<std::size_t>(p)]; }
  std::array<std::deque<entry>, partitions> queues_;
  std::array<std::deque<entry>, partitions> unacked_;
};

}  // namespace property
