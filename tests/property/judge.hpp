// Sees everything: folds every record as it is appended to the log, and says which promise was broken.
#pragma once
#include <streamdemo/task/event.hpp>
#include <streamdemo/task/fold.hpp>

#include <optional>

#include "property/log.hpp"
#include "property/process.hpp"

namespace property {

// What one reader of the log has folded of one partition: the bytes of every history.
class histories {
 public:
  explicit histories(milliseconds keep_for) : fold_({keep_for, true}) {}
  task::step apply(const stored& s) {
    const auto step = fold_.apply(*s.message, s.log_time);
    if (step.what == task::step::kind::event || step.what == task::step::kind::hole) {
      const auto& m = *s.message;
      task::event_fields f{step.type,  m.request_id, step.seq, step.state->attempt, m.time,
                           s.log_time, m.source,     {},       step.content_type,   step.payload};
      if (step.type == task::message_type::started) f.resumed = step.resumed;
      texts_[m.request_id] += task::make_event(f)->json_line();
    }
    return step;
  }
  void forget(sys_time now) { fold_.forget(now); }
  const task::fold& tasks() const { return fold_; }
  const std::map<std::string, std::string>& texts() const { return texts_; }

 private:
  task::fold fold_;
  std::map<std::string, std::string> texts_;
};

struct task_info {
  std::string kind;
  std::int32_t partition = 0;
  sys_time expiry{};
  bool has_key = false;       // several clients may submit it, at any gateway
  bool acknowledged = false;  // its request is in the log, so a client may have its 202
  bool canceled = false;
  std::int64_t seq = 0;
  int ends = 0;
  std::vector<std::int64_t> results;  // since the last `started` that did not resume
  std::map<std::string, bool> lost;   // runs that were taken over without having been released
};

class judge {
 public:
  explicit judge(const simulation_rules& rules);

  void appended(std::int32_t p, const stored& s);
  void committed(const base::record& request);
  void dead_lettered(const base::record& request, const std::string& reason);
  // The run `by` has killed its process; `runs` were in that process.
  void killed(const std::string& by, const std::set<std::string>& runs);
  void disturbed(const std::string& source) { disturbed_.insert(source); }
  void broke(std::string what) {
    if (!broken_) broken_ = std::move(what);
  }

  std::map<std::string, task_info>& tasks() { return tasks_; }
  const task::task_state* state(const std::string& id) const;
  const std::optional<std::string>& broken() const { return broken_; }
  const histories& all(std::int32_t p) const { return all_[static_cast<std::size_t>(p)]; }
  int replaced() const { return replaced_; }

 private:
  void started(task_info& t, const task::message& m, const task::task_state& before, const task::step& step);
  void ended(task_info& t, const task::message& m, const task::task_state& before, const task::task_state& s);

  simulation_rules rules_;
  std::vector<histories> all_;
  std::map<std::string, task_info> tasks_;
  std::set<std::string> killed_runs_;  // runs that another run in their process killed
  std::set<std::string> disturbed_;    // instances that crashed, were paused or lost a position
  std::set<std::string> dead_letters_;
  std::optional<std::string> broken_;
  int replaced_ = 0;
};

}  // namespace property
