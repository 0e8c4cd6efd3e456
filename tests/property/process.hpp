// One processor process in the simulation: the real decisions class, and around it what the runtime does, with random
// delays.
#pragma once
#include <optional>

#include "processor/decisions/decisions.hpp"
#include "property/group.hpp"

namespace property {

struct handler_run {
  processor::run_key key;
  std::string kind;
  std::int64_t runseq = 1;  // the last one that was used
  std::int64_t next_index = 0;
  bool stopping = false;
  bool ended = false;
  int turns_in_vain = 0;  // turns of work since it was no longer current
};

struct simulation_rules {
  milliseconds alive_interval{2000};
  milliseconds keep_for{60000};
  milliseconds recovery_margin{10000};
  std::uint32_t max_runs = 2;
  // The next two are chosen by the seed.
  std::int64_t handler_percent = 25;  // chance per turn that a handler makes progress
  std::int64_t trouble = 1;  // 0: processors only stop, start and are rebalanced; 1: rarely worse faults; 4: often
};

class process {
 public:
  process(std::string source, int member, random& r, response_log& log, group& g, const simulation_rules& rules);
  ~process();
  process(const process&) = delete;

  // One turn. False: the process has ended, because a task killed it (`killed_by` is set) or its drain is over.
  // `may_lack`: it may lack the resources for a run.
  bool turn(sys_time now, bool may_lack);
  void begin_drain(sys_time now);
  void lose_position(std::int32_t p) {
    decisions_.on_position_lost(p);
    perform();
  }

  const std::string& source() const { return source_; }
  int member() const { return member_; }
  sender& out() { return *out_; }
  std::shared_ptr<sender> out_shared() { return out_; }
  const std::map<std::string, handler_run>& running() const { return running_; }
  // Runs that would be lost if the process died now: their last record has not been read from the log yet.
  std::set<std::string> runs_at_stake() const;

  std::optional<std::string> killed_by;  // the id of the run that killed the process
  std::string broken;                    // the invariant that was broken here; empty: none
  sys_time paused_until{};
  bool draining = false;
  std::function<bool(const processor::run_key&)> lost;  // another run is current, or the task has ended
  std::function<void(const base::record&, const std::string& reason)> on_dead_letter;
  std::function<void(const bus::partition_id&, std::int64_t from, std::int64_t to)> on_commit;

 private:
  struct owned {
    std::uint64_t epoch = 0;
    std::int64_t next = 0;
    std::int64_t watermark = 0;
    std::set<std::int64_t> completed;
  };
  struct reading {
    std::int64_t next = 0;
    std::int64_t end = 0;
    bool told = false;
  };

  void take_requests();
  void read_responses();
  void answer();
  void work();
  void work_on(handler_run& h);
  void give_back(handler_run& h);
  void check_in_vain(handler_run& h);
  void perform();
  void act(processor::ask_end a) { questions_.emplace_back(a, log_.end(a.partition)); }
  void act(processor::follow a);
  void act(processor::unfollow a) { reading_.erase(a.partition); }
  void act(processor::publish a);
  void act(processor::begin_run a);
  void check_that_nobody_had_begun(const processor::begin_run& a);
  void act(processor::stop_run a);
  void act(processor::dead_letter a) { letters_.push_back(std::move(a)); }
  void act(processor::complete a);
  void act(processor::recount a);
  void act(processor::read_payload a);
  void act(processor::outdated);
  void emit(handler_run& h, task::message_type type, std::string payload);

  std::string source_;
  int member_;
  simulation_rules rules_;
  random& random_;
  response_log& log_;
  group& group_;
  processor::decision_options options_;
  processor::decisions decisions_;
  std::shared_ptr<sender> out_ = std::make_shared<sender>();
  std::deque<group_event> inbox_;
  std::map<bus::partition_id, owned> owned_;
  std::map<std::int32_t, reading> reading_;
  // By request topic and partition, and by task: where `response` ended when the oldest request in hand came.
  std::map<bus::partition_id, std::map<std::string, std::int64_t>> response_end_;
  std::vector<std::pair<processor::ask_end, std::int64_t>> questions_;
  std::vector<processor::dead_letter> letters_;
  std::vector<std::pair<sys_time, processor::read_payload>> payloads_;  // that are being read again, and until when
  std::map<std::string, handler_run> running_;
  std::set<std::string> unread_runs_;
  std::set<std::string> is_first_;  // runs that were started as the first of their tasks
  sys_time now_{};
  bool may_lack_ = true;
  milliseconds clock_error_;
  bool reads_late_;  // what was written to `response`
  sys_time drain_until_{};
  bool released_ = false;
};

}  // namespace property
