// Connects decisions, the bus and the handlers. Three coroutines report to decisions what the group's consumer and the
// reader of `response` bring, and the time. One more for each question for an end asks the bus, and one reads payloads
// again (payload_reader). All actions of decisions are performed here. One executor.
#pragma once
#include <streamdemo/base/notifier.hpp>
#include <streamdemo/base/task_group.hpp>
#include <streamdemo/processor/processor.hpp>
#include <streamdemo/task/admission.hpp>

#include "processor/decisions/decisions.hpp"
#include "processor/handler_runs.hpp"
#include "processor/payload_reader.hpp"
#include "processor/processor_metrics.hpp"
#include "processor/readiness.hpp"

namespace streamdemo::processor {

class runtime final : public processor {
 public:
  runtime(base::executor ex, options o, bus::bus& b, std::vector<std::unique_ptr<handler>> handlers,
          const base::clock& clock, base::metrics& metrics, const base::logger& log);

  void start() override;
  std::optional<std::string> unready() const override { return readiness_.get(); }
  awaitable<void> drain(base::steady_time deadline) override;

 private:
  run_dependencies dependencies_of_runs();
  decision_options rules() const;

  awaitable<void> take_requests();
  awaitable<void> read_responses();
  awaitable<void> beat();
  awaitable<void> find_end(ask_end what);
  awaitable<void> leave_group();
  awaitable<void> finish_runs(base::steady_time deadline);

  // Reports that this process takes no more requests, for good: in the log, and as the reason why it is not ready.
  void take_no_more(std::string why);
  void take(const bus::shared_item& item);
  void take(const bus::read_item& item);
  void take_response(const base::record& r);

  // Performs the actions that decisions asks for. Call it after everything that may cause one.
  void perform();
  void show() const;
  void act(ask_end a);
  void act(follow a);
  void act(unfollow a);
  void act(publish a);
  void act(begin_run a);
  void act(stop_run a);
  void act(dead_letter a);
  void act(complete a);
  void act(recount a);
  void act(read_payload a);
  void act(outdated a);
  void dead_lettered(const dead_letter& a, const bus::result<bus::published>& done);

  options options_;
  bus::bus& bus_;
  const base::clock& clock_;
  base::logger log_;
  processor_metrics metrics_;
  std::unique_ptr<bus::producer> producer_;
  std::unique_ptr<bus::reader> reader_;
  std::unique_ptr<bus::shared_consumer> consumer_;
  base::executor executor_;
  task::admission admission_;
  handler_runs runs_;
  decisions decisions_;
  base::notifier moved_;  // a run or the drain is over
  base::task_group loops_;
  payload_reader payload_reader_;
  readiness readiness_;
  bool performing_ = false;
  bool started_ = false;
  bool left_ = false;  // the group, for good: a newer version is needed
  bool draining_ = false;
  bool drained_ = false;
};

}  // namespace streamdemo::processor
