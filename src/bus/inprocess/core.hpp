// The shared state of the in-process bus: topics, the positions of readers and groups, and publishes that wait for
// room. One mutex guards all of it. Every function may be called on any thread and needs the mutex held. None calls
// code of users: completions and wake-ups are posted to the executors of their owners.
#pragma once
#include <streamdemo/base/log.hpp>
#include <streamdemo/base/offload.hpp>

#include <unordered_map>

#include "bus/inprocess/group_coordinator.hpp"
#include "bus/inprocess/topic.hpp"
#include "bus/watermark.hpp"

namespace streamdemo::bus::inprocess {

namespace journal {
class group_commit;
class store;
}  // namespace journal

class producer_impl;
class consumer_impl;
class reader_impl;

struct topic_state;

// A record that is written together with another one, ahead of it.
struct companion {
  topic_state* to;
  record rec;
  std::size_t bytes;
};

struct waiting_publish {
  producer_impl* from;  // nullptr: given up; nobody is told how it ends
  record rec;
  std::size_t bytes;
  std::optional<steady_time> deadline;
  producer::done done;
  std::vector<companion> ahead;
};

// One partition as one group sees it.
struct group_partition {
  std::string group;
  partition_id id;
  topic_state* source;
  std::int64_t committed;  // the topic must not drop records from here on
  std::int64_t next;       // the offset to deliver next
  watermark done;          // under the current assignment
  std::uint64_t assignment = 0;
  consumer_impl* owner = nullptr;
};

struct topic_state {
  explicit topic_state(topic d, std::optional<journal::topic_number> n = std::nullopt)
      : data(std::move(d)), number(n), followers(std::size_t(data.partitions())), groups(followers.size()) {}

  topic data;
  std::optional<journal::topic_number> number;  // with a journal
  std::deque<waiting_publish> waiting;          // in the order of the calls; bounded by what callers have in flight
  std::vector<std::vector<reader_impl*>> followers;   // by partition
  std::vector<std::vector<group_partition*>> groups;  // by partition
};

struct group_state {
  group_coordinator coordinator;
  std::map<partition_id, std::unique_ptr<group_partition>> partitions;
  std::map<member_id, consumer_impl*> members;
  std::set<std::string> topics;
  bool unseen = false;  // of an earlier process, and not joined since
};

class core {
 public:
  core(const base::clock& clock, const base::logger& log) : clock_(clock), log_(log) {}

  std::mutex& mutex() noexcept { return mutex_; }

  // Keeps everything in a journal from now on. Before any topic is made. All three must stay until detach(), after
  // which nothing may be called.
  void attach(journal::store& s, journal::group_commit& c, base::blocking_pool& reads);
  void detach();
  // Runs `job` on a thread of the pool, without the mutex. Requires a journal.
  void read_journal(std::function<void(const journal::store&)> job);
  void count_read(std::size_t records);

  result<void> ensure_topics(const std::vector<topic_spec>& specs);
  topic_state* find(const std::string& topic);
  const std::unordered_map<std::string, std::unique_ptr<topic_state>>& topics() const noexcept { return topics_; }

  // The record's partition must exist. True: the record waits for room, or for the journal. False: the publish has
  // completed, perhaps with errc::full.
  bool publish(topic_state& t, waiting_publish&& p);
  // Reserves room for each record in the topic of the same index; nullopt: it is done. Otherwise, why not; nothing
  // waits.
  std::optional<error> reserve_together(const std::vector<topic_state*>& to, const std::vector<record>& records);
  // Its room is reserved, and that of its companions. True: it waits for the journal. False: it has completed.
  bool append(topic_state& t, waiting_publish&& p);
  // Appends a stamped record whose room is reserved, completes its publish, and rings whoever waits for it.
  void land(topic_state& t, waiting_publish&& p);
  // Stamps a record and its companions, whose room is reserved.
  static void stamp(topic_state& t, waiting_publish& p, sys_time now);
  // Gives the room of a record and its companions back.
  static void give_back(topic_state& t, const waiting_publish& p);
  // Retries the waiting publishes. Call it when a hold has advanced or was released, or when a publish was given up.
  void admit(topic_state& t);
  // Removes the waiting publishes of `from` for which `which` returns true, from every topic. With a journal, the
  // record of one may be in the log all the same.
  std::vector<waiting_publish> withdraw(const producer_impl& from,
                                        const std::function<bool(const waiting_publish&)>& which);
  std::optional<steady_time> earliest_deadline(const producer_impl& from) const;

  // The group has completed this partition up to `offset`.
  void commit(group_partition& p, std::int64_t offset);

  member_id join(consumer_impl& c);
  void retire(consumer_impl& c);
  void leave(consumer_impl& c);

 private:
  bool has_room(topic_state& t, const waiting_publish& p);
  void add(topic_state& t, record&& stamped);
  result<std::unique_ptr<topic_state>> make_topic(const topic_spec& s);
  // With a journal: the groups of earlier processes exist from the start, so that nothing they lack is dropped.
  void remember_groups(const topic_state& t);
  void adopt_unseen(const std::string& group, const std::set<std::string>& topics);
  void warn_of_unnamed_topics() const;
  // With a journal: how far a group had come when it was opened.
  std::optional<std::int64_t> committed(const std::string& group, const topic_state& t, std::int32_t partition) const;
  void add_partitions(const std::string& group, group_state& g, topic_state& t);
  void apply(group_state& g, const std::vector<handover>& changes);

  std::mutex mutex_;
  const base::clock& clock_;
  const base::logger& log_;
  std::unordered_map<std::string, std::unique_ptr<topic_state>> topics_;
  std::map<std::string, group_state> groups_;
  std::map<std::string, std::string> adopted_;  // groups of earlier processes → those that go on for them
  journal::store* store_ = nullptr;             // nullptr: in memory only
  journal::group_commit* journal_ = nullptr;    // with the store
  base::blocking_pool* reads_ = nullptr;        // with the store
  std::uint64_t last_member_ = 0;
  std::uint64_t last_assignment_ = 0;
};

}  // namespace streamdemo::bus::inprocess
