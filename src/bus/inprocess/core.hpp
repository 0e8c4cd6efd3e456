// The shared state of the in-process bus: topics, the positions of readers and groups, and publishes that wait for
// room. One mutex guards all of it. Every function may be called on any thread and needs the mutex held. None calls
// code of users: completions and wake-ups are posted to the executors of their owners.
#pragma once
#include <streamdemo/base/log.hpp>

#include <unordered_map>

#include "bus/inprocess/group_coordinator.hpp"
#include "bus/inprocess/topic.hpp"
#include "bus/watermark.hpp"

namespace streamdemo::bus::inprocess {

class producer_impl;
class consumer_impl;
class reader_impl;

struct waiting_publish {
  producer_impl* from;
  record rec;
  std::size_t bytes;
  std::optional<steady_time> deadline;
  producer::done done;
};

struct topic_state;

// One partition as one group sees it.
struct group_partition {
  partition_id id;
  topic_state* source;
  std::int64_t committed;  // the topic must not drop records from here on
  std::int64_t next;       // the offset to deliver next
  watermark done;          // under the current assignment
  std::uint64_t assignment = 0;
  consumer_impl* owner = nullptr;
};

struct topic_state {
  explicit topic_state(topic_spec spec)
      : data(std::move(spec)), followers(std::size_t(data.partitions())), groups(followers.size()) {}

  topic data;
  std::deque<waiting_publish> waiting;  // in the order of the calls; bounded by what callers have in flight
  std::vector<std::vector<reader_impl*>> followers;   // by partition
  std::vector<std::vector<group_partition*>> groups;  // by partition
};

struct group_state {
  group_coordinator coordinator;
  std::map<partition_id, std::unique_ptr<group_partition>> partitions;
  std::map<member_id, consumer_impl*> members;
  std::set<std::string> topics;
};

class core {
 public:
  core(const base::clock& clock, const base::logger& log) : clock_(clock), log_(log) {}

  std::mutex& mutex() noexcept { return mutex_; }

  result<void> ensure_topics(const std::vector<topic_spec>& specs);
  topic_state* find(const std::string& topic);

  // The record's partition must exist. True: the record waits for room. False: the publish has completed, perhaps with
  // errc::full.
  bool publish(topic_state& t, waiting_publish p);
  // Retries the waiting publishes. Call it when a hold has advanced or was released, or when a publish was given up.
  void admit(topic_state& t);
  // Removes the waiting publishes of `from` for which `which` returns true, from every topic.
  std::vector<waiting_publish> withdraw(const producer_impl& from,
                                        const std::function<bool(const waiting_publish&)>& which);
  std::optional<steady_time> earliest_deadline(const producer_impl& from) const;

  member_id join(consumer_impl& c);
  void retire(consumer_impl& c);
  void leave(consumer_impl& c);

 private:
  void append(topic_state& t, waiting_publish p);
  void add_partitions(group_state& g, topic_state& t);
  void apply(group_state& g, const std::vector<handover>& changes);

  std::mutex mutex_;
  const base::clock& clock_;
  const base::logger& log_;
  std::unordered_map<std::string, std::unique_ptr<topic_state>> topics_;
  std::map<std::string, group_state> groups_;
  std::uint64_t last_member_ = 0;
  std::uint64_t last_assignment_ = 0;
};

}  // namespace streamdemo::bus::inprocess
