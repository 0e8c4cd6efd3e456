// The journal's store on disk (RocksDB): topics, their records, and how far groups have completed them. It only moves
// bytes: what is written when is the business of group_commit, what a topic is that of the core.
// Thread-safe, but for write(), which one thread calls. Every function but accessors blocks on the disk.
// After a crash, everything that was written before the last synced write is there, and nothing of a write that is
// torn.
#pragma once
#include <streamdemo/base/error.hpp>

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <shared_mutex>

#include "bus/inprocess/journal/changes.hpp"

namespace rocksdb {
class DB;
class Env;
struct Options;
class Status;
}  // namespace rocksdb

namespace streamdemo::bus::inprocess::journal {

using base::result;

struct stored_topic {
  topic_number number = 0;
  std::vector<partition_entry> partitions;
};

enum class access {
  write,    // for the one process that has the directory's lock; what is missing is made
  read,     // changes and makes nothing. Beside a process that writes it may fail, and works if tried again
  inspect,  // like read, but damage in the log of writes is an error; the others read only what precedes it
};

struct store_options {
  std::filesystem::path directory;
  rocksdb::Env* env = nullptr;  // nullptr: the system's files. A test can pass one that loses or refuses writes
  access how = access::write;
};

class store {
 public:
  // Errors: invalid_argument (a newer version wrote it), io, corrupt; the text says what to do. The caller holds the
  // directory's lock.
  static result<std::unique_ptr<store>> open(const store_options& o);
  ~store();

  // As they were when the directory was opened, and those added since.
  const std::map<std::string, stored_topic>& topics() const noexcept { return topics_; }
  const std::vector<std::pair<commit_place, commit_entry>>& commits() const noexcept { return commits_; }

  std::uint32_t format_on_disk() const noexcept { return format_; }

  // Synced. The name must be new.
  result<stored_topic> add_topic(const std::string& name, std::int32_t partitions);

  // Without `synced`, the write survives the end of the process but not that of the machine, until sync().
  // After an error nothing can be written until try_again() succeeds, and whether the changes were made shows only when
  // somebody opens the directory anew.
  result<void> write(changes& c, bool synced);
  result<void> sync();
  // Opens the files anew, once the disk takes writes again. What has been read before can be read meanwhile; if opening
  // them fails, reading waits for the next try.
  result<void> try_again();
  // Whoever waits to read gets an error, and so does everyone from now on.
  void give_up();

  // Records from `from` on, below `end`, at most so many and about so many bytes. Fewer where some were removed; the
  // first may then have a higher offset. Topic names are not set.
  result<std::vector<base::record>> read(topic_number t, std::int32_t partition, std::int64_t from, std::int64_t end,
                                         std::size_t max_records, std::size_t max_bytes) const;
  // Calls `each` with every record of the partition in [from, end), in their order: its offset, and whether it can be
  // decoded.
  result<void> visit(topic_number t, std::int32_t partition, std::int64_t from, std::int64_t end,
                     const std::function<void(std::int64_t offset, bool good)>& each) const;
  // The first offset in [begin, end] whose record is not older than `at`; `end` if there is none.
  result<std::int64_t> find(topic_number t, std::int32_t partition, std::int64_t begin, std::int64_t end,
                            base::sys_time at) const;

  // Not empty: a sentence for the operator. When the files were opened last, the log of writes was damaged, and records
  // were lost.
  const std::string& damage() const noexcept { return damage_; }

  // A file of records is damaged, and was to be merged with others, upon which RocksDB takes no more writes. Once
  // try_again() has succeeded, files are not merged any more, so that all goes on but for reading what is damaged; the
  // directory grows, since what is removed stays in part.
  bool is_damaged() const noexcept { return is_damaged_; }

  // Rewrites the files that have removed records below `to`, and so frees their room. Takes a while; give_up() ends it.
  void shrink(topic_number t, std::int32_t partition, std::int64_t to) const;
  // Frees what was removed below `to`, as far as whole files hold nothing else.
  void free_files(topic_number t, std::int32_t partition, std::int64_t to);
  // Rewrites everything, without what was removed. Takes as long as reading and writing it all.
  result<void> compact();
  // Reads every block of every file and compares its checksum. Error: corrupt.
  result<void> verify() const;

  // What the directory takes: its files, and what is in memory and in the log of writes.
  std::uint64_t disk_bytes() const;

 private:
  explicit store(const store_options& o);
  result<void> open();
  rocksdb::Status open_damaged(rocksdb::Options options, const rocksdb::Status& why, rocksdb::DB** raw);
  result<void> probe() const;
  result<void> load();
  result<void> load_topics();
  result<void> load_partitions();
  result<void> load_commits();
  result<void> drop_leftovers();

  // The files, for as long as it lives. Empty: given up.
  class use;

  const store_options options_;
  const std::filesystem::path& directory_;
  mutable std::shared_mutex mutex_;
  mutable std::condition_variable_any opened_;
  std::unique_ptr<rocksdb::DB> db_;  // nullptr: opening it failed, and is tried again
  bool given_up_ = false;
  std::string damage_;
  std::atomic<bool> is_damaged_ = false;
  std::uint32_t format_ = format;
  std::map<std::string, stored_topic> topics_;
  std::vector<std::pair<commit_place, commit_entry>> commits_;
};

}  // namespace streamdemo::bus::inprocess::journal
