// Decides which records of `response` are valid. Gateways and processors share this code, because all of them must fold
// the same records. Invalid records are counted in a metric and logged at most once a second. One thread.
#pragma once
#include <streamdemo/base/log.hpp>
#include <streamdemo/base/metrics.hpp>
#include <streamdemo/base/quiet.hpp>
#include <streamdemo/task/message.hpp>

#include <optional>

namespace streamdemo::task {

class admission {
 public:
  struct counters {
    base::counter& unreadable;  // records that decode() refuses
    base::counter& misplaced;   // records that are not in the partition of their task
  };

  // `partitions`: the number of partitions of `response`. The other arguments must outlive it.
  admission(std::int32_t partitions, const base::clock& clock, const base::logger& log, counters c)
      : partitions_(partitions), clock_(clock), log_(log), counters_(c) {}

  // The message's texts are those of the record. nullopt: the record cannot be decoded, or it is not in the partition
  // of its task.
  std::optional<message_view> admit(const base::record& r);
  std::optional<message_view> admit(base::record&& r) = delete;

 private:
  void unreadable(const base::record& r, const base::error& why);
  void misplaced(const base::record& r, const message_view& m, std::int32_t home);

  const std::int32_t partitions_;
  const base::clock& clock_;
  const base::logger& log_;
  counters counters_;
  base::quiet quiet_unreadable_;
  base::quiet quiet_misplaced_;
};

}  // namespace streamdemo::task
