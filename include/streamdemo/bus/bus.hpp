// The contract of every bus: what gateways and processors may rely on. tests/contract runs the same cases on each bus.
// A bus carries bytes and knows nothing about tasks.
//
// Threads: a bus is thread-safe. A producer, consumer or reader belongs to the executor it was made with: call it only
// from there. Its callbacks and coroutines complete there, always by a post, never inside the call.
// Lifetime: the bus must outlive what it made. Before you destroy a producer, consumer or reader, call close() and then
// drain(); drain() alone closes, too. Without drain() it is as if the process had died: open publishes of a producer
// never complete, and un-completed records of a consumer are delivered again to the next owner. No receive() may be
// waiting at destruction. receive() can be canceled (terminal): it then ends with operation_aborted, and no item is
// lost.
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

// What publishing to a full topic does. Only used by a bus with bounded memory.
enum class when_full {
  wait,    // wait until every reader has passed the oldest records, and drop those (response topic)
  refuse,  // fail with errc::full at once; un-completed records are never dropped (request topic)
};

struct topic_spec {
  std::string name;
  std::int32_t partitions = 1;
  std::int16_t replication = 1;
  base::milliseconds retention{0};
  std::size_t max_record_bytes = 0;  // the largest value that will be published; 0: unknown
  when_full full = when_full::refuse;
  std::size_t max_bytes = 0;  // in-process bus only: the bound per topic, above 0; an empty topic takes any record
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
  std::size_t lost = 0;  // published records for which there is no acknowledgement
};

class producer {
 public:
  using done = std::function<void(result<published>)>;

  virtual ~producer() = default;

  // Calls `d` once the bus has accepted the record (Kafka: all in-sync replicas have it). Records of one partition keep
  // the order of the calls, so there is no need to wait for one before the next.
  // With a deadline: after timed_out the record may or may not be in the log; after unavailable or full it is not.
  // Without a deadline: retried until it is accepted or the producer is drained. The caller must bound how many such
  // records are in flight.
  // Errors: full, unavailable, timed_out, too_large, not_found (topic), invalid_argument (partition), closed.
  virtual void publish(record r, std::optional<steady_time> deadline, done d) = 0;

  // Publishes records of different partitions with one write: all of them or none is in the log, and readers of one
  // partition see its record only once they could see the others. `d` is called with the place of the last one. Only
  // for a bus that writes_together(). Errors: as above; full, also where publish() would wait, and then `all` is
  // unchanged. `all` is used only until the function returns.
  virtual void publish_together(std::vector<record>& all, steady_time deadline, done d) = 0;

  // New records fail with errc::closed from now on. Idempotent.
  virtual void close() = 0;
  // Waits until every publish has completed, at most until `deadline`; the remaining ones complete with timed_out.
  virtual awaitable<drain_report> drain(steady_time deadline) = 0;
};

// publish() as a coroutine, on the producer's executor. When the coroutine is canceled it returns errc::canceled, and
// the record may or may not be in the log.
awaitable<result<published>> publish(producer& p, record r, std::optional<steady_time> deadline = std::nullopt);

// publish_together() as a coroutine, likewise.
awaitable<result<published>> publish_together(producer& p, std::vector<record>& all, steady_time deadline);

// A record that a shared consumer received, and the number of the partition's assignment at that time.
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
  std::size_t max_open = 1000;  // per partition: how many records may be received and not completed
  // Per partition: how many records past the low watermark may be received, completed ones included. The next owner
  // gets so many again.
  std::size_t max_gap = 1'000'000;
  // While the un-completed records of all partitions hold this many bytes, no further record is received.
  std::size_t max_bytes = 64 << 20;
};

// What a member has received.
struct holdings {
  std::size_t records = 0;  // un-completed ones, of all partitions
  std::size_t bytes = 0;    // theirs: record::bytes(), or what recount() has told
  std::size_t gap = 0;      // the longest way from a partition's low watermark to its last record
};

// A member of a consumer group. Each partition belongs to one member at a time, and is read from the committed offset,
// or from its oldest record when none is committed.
class shared_consumer {
 public:
  virtual ~shared_consumer() = default;

  // Waits for at least one item and returns at most `max`, in order: the records of a partition come between its
  // `assigned` and its `revoked`. Not calling it is how to apply backpressure. One call at a time. Errors: closed, and
  // those from which the bus cannot recover.
  virtual awaitable<result<std::vector<shared_item>>> receive(std::size_t max) = 0;

  // Marks this record as done; records may be completed in any order. The bus commits the low watermark, so that
  // un-completed records are delivered again to the next owner. Ignored when that assignment is over. Does not block.
  virtual void complete(const delivery& d) = 0;
  // From now on this un-completed record counts with so many bytes, instead of record::bytes(): whoever received it has
  // let go of a part of it, which a reader can read again, or has that part back. Ignored as complete() is.
  virtual void recount(const delivery& d, std::size_t bytes) = 0;

  virtual holdings held() const = 0;
  // Why no record can arrive, as a text for the person who manages access rights: this user may not join the group or
  // may not read its topics. Disappears once the rights are granted. nullopt: no obstacle is known.
  virtual std::optional<std::string> obstacle() const = 0;

  // Stops receiving: receive() ends with closed. The member keeps its partitions, whose records can still be completed,
  // until drain() or until the group assigns them to another member.
  virtual void close() = 0;
  // Commits what is completed and leaves the group, at most until `deadline`. Idempotent.
  virtual awaitable<drain_report> drain(steady_time deadline) = 0;
};

// Where a reader starts.
struct from_time {
  sys_time at;  // at the first record whose log time is not before this time
};
struct from_offset {
  std::int64_t offset;
};
using read_start = std::variant<from_time, from_offset>;

struct reader_options {
  // A record may come so much later than it could, where that saves requests to the bus.
  base::milliseconds patience{0};
};

// The reader has passed the offset at which the log ended when follow() was called.
struct caught_up {
  partition_id partition;
  std::int64_t end = 0;  // that offset: one past the last record of that time
};
// The reader's offset no longer exists or never did (retention, a recreated topic, an offset past the end, no such
// partition). No more items of this partition arrive until follow() is called again.
struct position_lost {
  partition_id partition;
  std::string message;
};
using read_item = std::variant<record_ptr, caught_up, position_lost>;

// Reads chosen partitions without a group and without commits: every reader sees every record.
class reader {
 public:
  virtual ~reader() = default;

  // Starts reading a partition at `from`; a partition that is read already starts over. Each follow() leads to exactly
  // one caught_up, or to position_lost.
  virtual void follow(partition_id p, read_start from) = 0;
  // Once it returns, receive() gives no more items of that partition.
  virtual void unfollow(const partition_id& p) = 0;

  // As shared_consumer::receive(). Waits as well while no partition is followed.
  virtual awaitable<result<std::vector<read_item>>> receive(std::size_t max) = 0;

  virtual void close() = 0;
  virtual awaitable<drain_report> drain(steady_time deadline) = 0;
};

class bus {
 public:
  virtual ~bus() = default;

  // Creates missing topics and checks existing ones. Errors: invalid_argument (a topic differs from its spec, such as
  // in its number of partitions; the text says how to fix it), unavailable. Any executor.
  virtual awaitable<result<void>> ensure_topics(std::vector<topic_spec> topics) = 0;

  // One past the last record now. Open transactions of other clients do not hold it back. Any executor. Errors:
  // unavailable, not_found.
  virtual awaitable<result<std::int64_t>> end_offset(partition_id p) = 0;

  // Whether its producers can publish_together().
  virtual bool writes_together() const noexcept = 0;

  virtual std::unique_ptr<producer> make_producer(executor ex) = 0;
  virtual std::unique_ptr<shared_consumer> join(executor ex, group_options o) = 0;
  virtual std::unique_ptr<reader> make_reader(executor ex, reader_options o = {}) = 0;
};

}  // namespace streamdemo::bus
