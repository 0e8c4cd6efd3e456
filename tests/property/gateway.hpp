// A simulated gateway: reads the log with some delay and folds it; writes `accepted`, requests, cancellations and
// expiries.
#pragma once
#include "property/judge.hpp"

namespace property {

class gateway {
 public:
  gateway(std::string source, random& r, response_log& log, group& g, judge& all, const simulation_rules& rules);

  void turn(sys_time now);
  // Called again with the same id when the client repeats, because it did not get the answer.
  void submit(const std::string& id, sys_time now);
  void cancel(const std::string& id, sys_time now);
  sender& out() { return *out_; }
  std::shared_ptr<sender> out_shared() { return out_; }
  // Whether its histories of the partition so far are the beginnings of the judge's.
  bool agrees(std::int32_t p) const;
  bool at_end(std::int32_t p) const { return next_[static_cast<std::size_t>(p)] == log_.end(p); }

 private:
  void expire(sys_time now);
  void acknowledged(const std::string& id, std::int64_t offset);
  void read_back(const task::message& accepted, const histories& h);
  void ask_for(const task::task_state& s);

  std::string source_;
  random& random_;
  response_log& log_;
  group& group_;
  judge& judge_;
  std::shared_ptr<sender> out_ = std::make_shared<sender>();
  std::vector<histories> read_;
  std::array<std::int64_t, partitions> next_{};
  struct request {
    sys_time at;                          // when to send it
    std::optional<sys_time> accepted_at;  // log time, if it was read back
    std::optional<std::int64_t> accepted_offset;
  };
  std::map<std::string, request> requests_;
  std::map<std::string, std::int64_t> accepted_at_;  // by task: the offset of its `accepted`
  std::set<std::string> handed_over_;                // tasks whose requests it has sent
  std::set<std::string> expired_;
  sys_time now_{};
};

}  // namespace property
