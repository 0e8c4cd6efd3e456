// Reads records of `response` and picks those that count. The others, which no gateway counts either, because all fold
// the same records, are counted in the metrics and named in the log, at most once a second. One executor.
#pragma once
#include <streamdemo/base/log.hpp>
#include <streamdemo/base/quiet.hpp>
#include <streamdemo/task/message.hpp>

#include <optional>

#include "processor/processor_metrics.hpp"

namespace streamdemo::processor {

class response_decoder {
 public:
  // `partitions`: of `response`. The rest outlives it.
  response_decoder(std::int32_t partitions, const base::clock& clock, const base::logger& log, processor_metrics& m)
      : partitions_(partitions), clock_(clock), log_(log), metrics_(m) {}

  // nullopt: it cannot be read, or stands in another partition than its task's.
  std::optional<task::message> decode(const base::record& r);

 private:
  void unreadable(const base::record& r, const base::error& why);
  void misplaced(const base::record& r, const task::message& m, std::int32_t home);

  const std::int32_t partitions_;
  const base::clock& clock_;
  const base::logger& log_;
  processor_metrics& metrics_;
  base::quiet quiet_unreadable_;
  base::quiet quiet_misplaced_;
};

}  // namespace streamdemo::processor
