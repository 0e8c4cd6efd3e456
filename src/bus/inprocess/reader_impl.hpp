// The in-process reader of named partitions.
#pragma once
#include "bus/inprocess/core.hpp"
#include "bus/inprocess/ringing_puller.hpp"
#include "bus/rotation.hpp"

namespace streamdemo::bus::inprocess {

class reader_impl final : public ringing_puller<read_item> {
 public:
  reader_impl(executor ex, std::shared_ptr<core> c) : ringing_puller(ex, c->mutex()), core_(std::move(c)) {}

  // As in the contract; owner's executor.
  void follow(partition_id p, read_start from);
  void unfollow(const partition_id& p);
  void close();
  void abandon() { close(); }

 private:
  struct cursor {
    partition_id id;
    topic_state* source;
    std::uint64_t serial;    // no two cursors of a reader have the same
    std::int64_t position;   // the next offset to read; a topic that waits for readers keeps the records from here on
    std::int64_t first_end;  // where the log ended at follow()
    bool caught_up = false;
    // With a journal, where records are read that are no longer in memory:
    std::optional<sys_time> sought;  // position is unknown until the journal was searched for this time
    std::deque<record_ptr> fetched;  // [position, …)
    bool asked = false;              // the journal is being read for this cursor
  };
  using cursors = std::vector<std::unique_ptr<cursor>>;
  using fetched_records = result<std::vector<base::record>>;

  std::vector<read_item> take_locked(std::size_t max) override;
  // False: the log no longer has this offset.
  bool take_from(cursor& c, std::size_t max, std::vector<read_item>& out);
  // The next record, or nullptr: there is none now. Asks the journal for more where that is due.
  record_ptr next(cursor& c);
  void seek(cursor& c);
  void fetch(cursor& c);
  // On a thread of the journal's pool, without the mutex.
  void sought(std::uint64_t serial, result<std::int64_t> position);
  void fetched(std::uint64_t serial, fetched_records records);
  cursor* find(std::uint64_t serial);
  std::shared_ptr<reader_impl> self() { return std::static_pointer_cast<reader_impl>(shared_from_this()); }
  void lose(partition_id p, std::string why);
  void detach(cursor& c);
  void drop(const partition_id& p);

  std::shared_ptr<core> core_;
  // Guarded by the mutex:
  cursors cursors_;  // each has a fixed address, because the topic keeps a pointer to its position
  std::uint64_t serials_ = 0;
  std::vector<position_lost> lost_;
  rotation turn_;
};

}  // namespace streamdemo::bus::inprocess
