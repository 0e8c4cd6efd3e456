// The handlers and their current runs. Owns one coroutine per run and joins it. One executor.
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

  // Throws std::invalid_argument if two handlers have the same kind.
  handler_runs(run_dependencies deps, std::vector<std::unique_ptr<handler>> handlers, finished f);

  // All kinds, each with whether its handler is resumable.
  std::map<std::string, bool, std::less<>> kinds() const;

  // Starts a run; there must be a handler of its kind.
  void begin(begin_run what);
  // Stops a run. Does nothing if its handler has already returned.
  void stop(const stop_run& what);
  // Waits until every handler has returned, at most until `until`, and then cancels the remaining ones.
  awaitable<void> end(base::steady_time until);

 private:
  awaitable<void> work(std::shared_ptr<run> r, handler& h, bool at_once);

  const run_dependencies deps_;
  std::map<std::string, std::unique_ptr<handler>, std::less<>> handlers_;  // by kind
  finished finished_;
  std::unordered_map<std::string, std::shared_ptr<run>> runs_;  // by run id, while the handler runs
  base::notifier ended_;
  base::task_group work_;
};

}  // namespace streamdemo::processor
