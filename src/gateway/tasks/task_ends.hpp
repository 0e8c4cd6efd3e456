// The ends that a gateway writes without being asked: of tasks past their deadline, and of submissions that it could
// not hand over. Best effort: what fails here is tried again when it is due the next time. Loop 0.
#pragma once
#include <streamdemo/base/log.hpp>

#include <random>

#include "gateway/tasks/expiry_schedule.hpp"
#include "gateway/tasks/operations.hpp"
#include "gateway/tasks/task_writer.hpp"

namespace streamdemo::gateway {

class task_ends {
 public:
  // The references outlive it. `source`: this gateway's, as in the records that it writes; `publish_timeout`: how long
  // a write may take.
  task_ends(task_writer& w, operations& under_way, const std::string& source, base::milliseconds publish_timeout,
            const base::logger& log)
      : writer_(w), operations_(under_way), source_(source), publish_timeout_(publish_timeout), log_(log) {}

  // Ends a task whose client was told to try again. If this fails, its expiry ends it.
  void abandon(const submission& s);

  // An open task, until over().
  void accepted(const history_ptr& h);
  void over(const history_ptr& h) { schedule_.remove(h); }
  // Ends those whose deadline has passed at this bus time.
  void expire(base::sys_time now);

 private:
  void write(const std::string& id, const std::string& kind, task::status how, std::string_view reason);

  task_writer& writer_;
  operations& operations_;
  const std::string& source_;
  const base::milliseconds publish_timeout_;
  const base::logger& log_;
  expiry_schedule schedule_;
  std::minstd_rand random_{std::random_device{}()};
};

}  // namespace streamdemo::gateway
