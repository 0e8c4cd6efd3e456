// The handlers, and the runs in which they work. Owns a coroutine per run and joins it. One executor.
#pragma once
#include <streamdemo/base/notifier.hpp>
#include <streamdemo/base/task_group.hpp>
#include <streamdemo/processor/handler.hpp>

#include <map>
#include <unordered_map>

#include "processor/run.hpp"

namespace streamdemo::processor {

class handler_runs {
 public:
  // Called once the handler of a run has returned and the run has published its last record.
  using finished = std::function<void(const run_key&, run_end)>;

  // Throws std::invalid_argument when two handlers are of the same kind.
  handler_runs(run_dependencies deps, std::vector<std::unique_ptr<handler>> handlers, finished f);

  // Each kind, and whether its handler can resume.
  std::map<std::string, bool, std::less<>> kinds() const;

  // There is a handler of its kind.
  void begin(processor::begin what);
  // One whose handler has just returned is over already.
  void stop(const processor::stop& what);
  // Waits until every handler has returned, at most until `until`; those left are cut off.
  awaitable<void> end(base::steady_time until);

 private:
  awaitable<void> work(std::shared_ptr<run> r, handler& h, bool at_once);

  const run_dependencies deps_;
  std::map<std::string, std::unique_ptr<handler>, std::less<>> handlers_;  // by kind
  finished finished_;
  std::unordered_map<std::string, std::shared_ptr<run>> runs_;  // by run id, while the handler works
  base::notifier ended_;
  base::task_group work_;
};

}  // namespace streamdemo::processor
