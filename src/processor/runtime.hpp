// Brings decisions and the bus together: three coroutines take in what the group's consumer, the reader of `response`
// and the clock have, one more per run calls its handler, one per question for an end asks the bus, and every action of
// decisions is performed here. One executor.
#pragma once
#include <streamdemo/base/event.hpp>
#include <streamdemo/base/quiet.hpp>
#include <streamdemo/base/task_group.hpp>
#include <streamdemo/processor/processor.hpp>

#include <map>
#include <unordered_map>

#include "processor/decisions.hpp"
#include "processor/numbers.hpp"
#include "processor/run.hpp"
#include "processor/standing.hpp"

namespace streamdemo::processor {

class runtime final : public processor {
 public:
  runtime(base::executor ex, options o, bus::bus& b, std::vector<std::unique_ptr<handler>> handlers,
          const base::clock& clock, base::metrics& metrics, const base::logger& log);

  void start() override;
  std::optional<std::string> unready() const override { return standing_.get(); }
  awaitable<void> drain(base::steady_time deadline) override;

 private:
  using handler_map = std::map<std::string, std::unique_ptr<handler>, std::less<>>;
  static handler_map by_kind(std::vector<std::unique_ptr<handler>> handlers);
  decision_options rules() const;

  awaitable<void> take_requests();
  awaitable<void> read_responses();
  awaitable<void> beat();
  awaitable<void> find_end(ask_end what);
  awaitable<void> leave_group();
  awaitable<void> work(std::shared_ptr<run> r, handler& h, bool at_once);
  awaitable<void> finish_runs(base::steady_time deadline);
  awaitable<void> wait_for_handlers(base::steady_time until);

  void take(const bus::shared_item& item);
  void take(const bus::read_item& item);
  void take_response(const base::record& r);
  bool misplaced(const base::record& r, const task::message& m);

  // Performs whatever decisions has to say now. Called after whatever may bring an action about.
  void perform();
  void act(ask_end a);
  void act(follow a);
  void act(unfollow a);
  void act(publish a);
  void act(begin a);
  void act(stop a);
  void act(dead_letter a);
  void act(complete a);
  void act(outdated a);
  void dead_lettered(const dead_letter& a, const bus::result<bus::published>& done);

  options options_;
  bus::bus& bus_;
  const base::clock& clock_;
  base::logger log_;
  numbers count_;
  handler_map handlers_;
  std::unique_ptr<bus::producer> producer_;
  std::unique_ptr<bus::reader> reader_;
  std::unique_ptr<bus::shared_consumer> consumer_;
  run_surroundings surroundings_;
  decisions decisions_;
  std::unordered_map<std::string, std::shared_ptr<run>> runs_;  // by run id, while the handler works
  base::event moved_;                                           // a run is over, or the drain is
  base::task_group loops_;
  base::task_group work_;
  base::executor executor_;
  base::quiet quiet_misplaced_, quiet_unreadable_;
  bool performing_ = false;
  standing standing_;
  bool started_ = false;
  bool left_ = false;  // the group, for good: another version is needed
  bool draining_ = false;
  bool drained_ = false;
};

}  // namespace streamdemo::processor
