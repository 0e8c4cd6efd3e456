#include "gateway/tasks/placement/task_placer.hpp"

#include <streamdemo/base/partition.hpp>
#include <streamdemo/base/shown.hpp>

#include "gateway/tasks/placement/id_for.hpp"

namespace streamdemo::gateway {

namespace {

base::counter& placed(base::metrics& m, const std::string& why) {
  return m.counter("streamdemo_tasks_placed_total",
                   "Ids made for new tasks, by why their partition was chosen: a processor has a free slot, or the "
                   "shortest wait, or nothing is known",
                   {{"why", why}});
}

}  // namespace

task_placer::task_placer(placement::options o, const base::clock& clock, base::metrics& metrics,
                         const base::logger& log)
    : partitions_(o.partitions),
      clock_(clock),
      log_(log),
      placed_{&placed(metrics, "free_slot"), &placed(metrics, "least_wait"), &placed(metrics, "unknown")},
      placement_(std::move(o), clock.even()) {}

std::string task_placer::new_id(std::string_view kind) {
  return locked([&] {
    const auto now = clock_.even();
    const auto to = placement_.choose(kind, now);
    auto id = id_for(to.partition, partitions_);
    placement_.promised(id, kind, partition_of(id), now);
    placed_[static_cast<std::size_t>(to.why)]->Increment();
    return id;
  });
}

void task_placer::withdrawn(const std::string& id) {
  locked([&] { placement_.withdrawn(id); });
}

void task_placer::accepted(const std::string& id, std::string_view kind) {
  locked([&] { placement_.accepted(id, kind, partition_of(id), clock_.even()); });
}

void task_placer::is_run_by(const std::string& id, const std::string& source, base::sys_time began) {
  locked([&] {
    const auto now = clock_.even();
    source.empty() ? placement_.released(id, now) : placement_.started(id, source, now, began);
  });
}

void task_placer::over(const std::string& id, base::sys_time ended) {
  locked([&] { placement_.over(id, clock_.even(), ended); });
}

std::vector<queued_task> task_placer::places_in_queue(base::sys_time log_now) {
  return locked([&] { return placement_.places_in_queue(clock_.even(), log_now); });
}

void task_placer::offered(const task::message_view& m, base::milliseconds age) {
  if (age >= placement_.offer_holds()) return;
  auto o = task::parse_offer(m.payload);
  if (o) return locked([&] { placement_.told(std::string(m.source), *std::move(o), age, clock_.even()); });
  quiet_.say(clock_.now(), [&](std::size_t n) {
    log_.warning("{} offer(s) of slots are ignored, the last is from {}: {}; correct that program", n,
                 base::shown(m.source), o.error().message);
  });
}

std::int32_t task_placer::partition_of(const std::string& id) const {
  return base::partition_for(id, partitions_);
}

}  // namespace streamdemo::gateway
