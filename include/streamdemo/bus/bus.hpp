// The bus contract: what gateways and processors may rely on, whatever carries the records. tests/contract holds every
// bus to it. A bus moves bytes and knows no task.
//
// Threads: bus itself is thread-safe. A producer, consumer or reader belongs to the executor it was made with: call it
// from there only, and everything it completes, completes there (posted, never from inside the call).
// Lifetime: the bus outlives what it made. Before one is destroyed: close(), then drain(). Without drain it is as if
// its process had died: a producer's open publishes are forgotten and complete no more, a consumer's un-completed
// records come again to the next owner. No receive() may be waiting then. drain() closes too. receive() can be canceled
// (terminal): it ends with operation_aborted and has taken nothing.
#pragma once
#include <streamdemo/base/asio.hpp>
#include <streamdemo/base/clock.hpp>
#include <streamdemo/base/error.hpp>
#include <streamdemo/base/record.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace streamdemo::bus {

using base::awaitable;
using base::errc;
using base::error;
using base::executor;
using base::record;
using base::record_ptr;
using base::result;
using base::steady_time;
using base::sys_time;

// What a full topic does to a publisher. Only a bus with bounded memory asks.
enum class when_full {
  wait,    // it waits until every reader has passed the oldest records, which are dropped (response)
  refuse,  // errc::full at once; nothing un-completed is ever dropped (request)
};

struct topic_spec {
  std::string name;
  std::int32_t partitions = 1;
  std::int16_t replication = 1;
  base::milliseconds retention{0};
  std::size_t max_record_bytes = 0;  // the largest value that is written; 0: not said
  when_full full = when_full::refuse;
  std::size_t max_bytes = 0;  // in-process: bound per topic, more than 0; at least one record is always taken
};

struct partition_id {
  std::string topic;
  std::int32_t partition = 0;
  auto operator<=>(const partition_id&) const = default;
};

struct published {
  std::int32_t partition;
  std::int64_t offset;
};

struct drain_report {
  std::size_t lost = 0;  // records that were handed in and are not known to be on the bus
};

class producer {
 public:
  using done = std::function<void(result<published>)>;

  virtual ~producer() = default;

  // Completes once the bus has accepted the record (Kafka: all in-sync replicas). Records of one partition keep the
  // order of the calls, so calls may be pipelined.
  // With a deadline: timed_out means it may or may not be in the log; unavailable and full, that it is not.
  // Without one: retried until it is accepted or the producer is drained. What waits is bounded by the caller, who
  // decides how many are in flight.
  // Errors: full, unavailable, timed_out, too_large, not_found (topic), invalid_argument (partition), closed.
  virtual void publish(record r, std::optional<steady_time> deadline, done d) = 0;

  // Refuses new records from now on (closed). May be called again.
  virtual void close() = 0;
  // Waits until every publish has completed, at most until `deadline`; those left complete with timed_out.
  virtual awaitable<drain_report> drain(steady_time deadline) = 0;
};

// The coroutine form of publish; on the producer's executor. When its coroutine is canceled it ends with
// errc::canceled, and the record may or may not be in the log.
awaitable<result<published>> publish(producer& p, record r, std::optional<steady_time> deadline = std::nullopt);

// A record of a shared consumer, and the assignment it came under.
struct delivery {
  record_ptr record;
  std::uint64_t assignment = 0;
};

struct assigned {
  std::vector<partition_id> partitions;
};
struct revoked {
  std::vector<partition_id> partitions;
};
using shared_item = std::variant<delivery, assigned, revoked>;

struct group_options {
  std::string group;
  std::vector<std::string> topics;
  std::size_t max_gap = 1000;  // records taken in past the watermark, per partition
  // While the un-completed records of all partitions together have so many, no further one is taken in.
  std::size_t max_bytes = 64 << 20;
};

// *shared*: one group, each partition with one member at a time, from the oldest record when nothing is committed.
class shared_consumer {
 public:
  virtual ~shared_consumer() = default;

  // Waits for at least one item, gives at most `max`, in order: a partition's records stand between its `assigned` and
  // its `revoked`. Not calling it is the backpressure. One call at a time. Error: closed, and what the bus cannot mend.
  virtual awaitable<result<std::vector<shared_item>>> receive(std::size_t max) = 0;

  // Done with this record, in any order. The bus commits the low watermark: un-completed records come again to the next
  // owner. Does nothing for a delivery of an assignment that is over. Never waits.
  virtual void complete(const delivery& d) = 0;

  // Of the un-completed records that were taken in, as record::bytes() counts.
  virtual std::size_t held_bytes() const = 0;
  // Why no record can come, for a person who may give rights: this user may not join the group, or not read its topics.
  // It passes by itself once that is mended. nullopt: none is known.
  virtual std::optional<std::string> obstacle() const = 0;

  // Stops taking in; receive() ends with closed. What it owns stays its own, and can be completed, until the drain, or
  // until the group gives it to another member.
  virtual void close() = 0;
  // Commits what is completed and leaves the group. May be called again.
  virtual awaitable<drain_report> drain(steady_time deadline) = 0;
};

// Where a reader begins.
struct from_time {
  sys_time at;  // the first record whose log time is not before it
};
struct from_offset {
  std::int64_t offset;
};
using read_start = std::variant<from_time, from_offset>;

// The reader has passed the end that the partition had when follow() was called.
struct caught_up {
  partition_id partition;
  std::int64_t end = 0;  // that end: one past the last record there was
};
// The position is gone or never was (retention, a recreated topic, an offset past the end, no such partition): nothing
// more comes of this partition until it is followed anew.
struct position_lost {
  partition_id partition;
  std::string message;
};
using read_item = std::variant<record_ptr, caught_up, position_lost>;

// *every*: named partitions, no group, no commits; every reader sees every record.
class reader {
 public:
  virtual ~reader() = default;

  // Adds a partition, or starts it over. Each follow() is answered by exactly one caught_up, or by position_lost.
  virtual void follow(partition_id p, read_start from) = 0;
  // After it returns nothing more of that partition comes out of receive().
  virtual void unfollow(const partition_id& p) = 0;

  // As shared_consumer::receive. Waits also while nothing is followed.
  virtual awaitable<result<std::vector<read_item>>> receive(std::size_t max) = 0;

  virtual void close() = 0;
  virtual awaitable<drain_report> drain(steady_time deadline) = 0;
};

class bus {
 public:
  virtual ~bus() = default;

  // Creates what is missing and checks what is there. Errors: invalid_argument (another partition count; says which),
  // unavailable. Any executor.
  virtual awaitable<result<void>> ensure_topics(std::vector<topic_spec> topics) = 0;

  // One past the last record now, whatever transactions of others are open. Any executor. Errors: unavailable,
  // not_found.
  virtual awaitable<result<std::int64_t>> end_offset(partition_id p) = 0;

  virtual std::unique_ptr<producer> make_producer(executor ex) = 0;
  virtual std::unique_ptr<shared_consumer> join(executor ex, group_options o) = 0;
  virtual std::unique_ptr<reader> make_reader(executor ex) = 0;
};

}  // namespace streamdemo::bus
