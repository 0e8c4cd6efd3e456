#include "bus/inprocess/journal/store.hpp"

#include <fmt/format.h>
#include <rocksdb/convenience.h>
#include <rocksdb/db.h>

#include <limits>
#include <streamdemo/base/clock.hpp>

#include "bus/inprocess/journal/rocks.hpp"

namespace streamdemo::bus::inprocess::journal {

using base::errc;
using base::error;

namespace {

rocksdb::Slice slice(std::string_view s) {
  return {s.data(), s.size()};
}

std::string_view view(const rocksdb::Slice& s) {
  return {s.data(), s.size()};
}

// All keys of one sort, in their order; stops at the first that `each` refuses by returning false.
template <class Each>
rocksdb::Status visit_sort(rocksdb::DB& db, char sort, Each each) {
  const std::string first(1, sort), after(1, static_cast<char>(sort + 1));
  const auto bound = slice(after);
  rocksdb::ReadOptions o;
  // Or it would look for the next key that is left, through records that were removed, of which some may be damaged.
  o.iterate_upper_bound = &bound;
  const std::unique_ptr<rocksdb::Iterator> it(db.NewIterator(o));
  for (it->Seek(first); it->Valid(); it->Next()) {
    if (!each(view(it->key()), view(it->value()))) break;
  }
  return it->status();
}

// The records of a partition in [from, end), in order; stops at the first that `each` refuses by returning false.
template <class Each>
rocksdb::Status visit_records(rocksdb::DB& db, topic_number t, std::int32_t partition, std::int64_t from,
                              std::int64_t end, Each each) {
  const auto last = record_key(t, partition, end);
  const auto bound = slice(last);
  rocksdb::ReadOptions o;
  o.iterate_upper_bound = &bound;
  // Read once and passed on: what other readers share is not pushed out for it.
  o.fill_cache = false;
  const std::unique_ptr<rocksdb::Iterator> it(db.NewIterator(o));
  for (it->Seek(record_key(t, partition, from)); it->Valid(); it->Next()) {
    if (!each(parse_record_key(view(it->key())), view(it->value()))) break;
  }
  return it->status();
}

}  // namespace

class store::use {
 public:
  explicit use(const store& s) : lock_(s.mutex_) {
    s.opened_.wait(lock_, [&] { return s.db_ || s.given_up_; });
    if (!s.given_up_) db_ = s.db_.get();
  }
  explicit operator bool() const noexcept { return db_ != nullptr; }
  rocksdb::DB* operator->() const noexcept { return db_; }
  rocksdb::DB& operator*() const noexcept { return *db_; }

 private:
  std::shared_lock<std::shared_mutex> lock_;
  rocksdb::DB* db_ = nullptr;
};

store::store(const store_options& o) : options_(o), directory_(options_.directory) {}
store::~store() = default;

result<std::unique_ptr<store>> store::open(const store_options& o) {
  std::unique_ptr<store> s(new store(o));
  if (auto opened = s->open(); !opened) return opened.error();
  if (auto loaded = s->load(); !loaded) return loaded.error();
  return s;
}

result<void> store::open() {
  rocksdb::DB* raw = nullptr;
  auto options = options_of(options_);
  rocksdb::Status opened;
  if (options_.how == access::write) {
    options.disable_auto_compactions = is_damaged();
    opened = rocksdb::DB::Open(options, directory_.string(), &raw);
    if (opened.IsCorruption()) opened = open_damaged(options, opened, &raw);
  } else {
    options.create_if_missing = false;
    if (options_.how == access::read) options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
    opened = rocksdb::DB::OpenForReadOnly(options, directory_.string(), &raw);
  }
  if (!opened.ok()) return failed(directory_, "open it", opened);
  db_.reset(raw);
  return {};
}

// What follows the damage in the log of writes cannot be trusted, so it is given up; but not without a word, and not
// without a copy. Where the files of records are damaged, this fails as before.
rocksdb::Status store::open_damaged(rocksdb::Options options, const rocksdb::Status& why, rocksdb::DB** raw) {
  const auto aside = directory_.parent_path() / ("damaged-" + base::format_millis(base::system_clock().now()));
  std::error_code ec;
  std::filesystem::create_directory(aside, ec);
  for (const auto& file : std::filesystem::directory_iterator(directory_, ec)) {
    if (file.path().extension() == ".log") std::filesystem::copy_file(file.path(), aside / file.path().filename(), ec);
  }
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  auto opened = rocksdb::DB::Open(options, directory_.string(), raw);
  if (opened.ok()) {
    damage_ = fmt::format(
        "the journal in {}: its log of writes was damaged ({}). What was written last, after the damage, is LOST; a "
        "copy "
        "of the log as it was is in {}",
        directory_.string(), why.ToString(), aside.string());
  } else {
    std::filesystem::remove_all(aside, ec);  // each further attempt would leave one more
  }
  return opened;
}

result<void> store::load() {
  std::string value;
  const auto found = db_->Get({}, slice(format_key), &value);
  if (found.IsNotFound() && options_.how != access::write) return unreadable(directory_, "its version");
  if (found.IsNotFound()) {
    rocksdb::WriteOptions synced;
    synced.sync = true;
    const auto written = db_->Put(synced, slice(format_key), encode(format));
    if (!written.ok()) return failed(directory_, "write to it", written);
  } else if (!found.ok()) {
    return failed(directory_, "read it", found);
  } else {
    const auto number = decode_number(value);
    if (!number) return unreadable(directory_, "its version");
    if (*number > format) {
      return error{errc::invalid_argument,
                   fmt::format("the journal in {} was written by a newer version (format {}, this program knows {}): "
                               "start that version, or use another directory",
                               directory_.string(), *number, format)};
    }
    format_ = *number;
  }
  if (auto r = load_topics(); !r) return r;
  if (auto r = load_partitions(); !r) return r;
  if (auto r = load_commits(); !r) return r;
  if (options_.how != access::write) return {};
  return drop_leftovers();
}

result<void> store::load_topics() {
  bool good = true;
  const auto status = visit_sort(*db_, topic_sort, [&](std::string_view key, std::string_view value) {
    const auto name = parse_topic_key(key);
    const auto entry = decode_topic(value);
    good = name && entry;
    if (good) topics_[*name] = {entry->number, std::vector<partition_entry>(std::size_t(entry->partitions))};
    return good;
  });
  if (!status.ok()) return failed(directory_, "read its topics", status);
  if (!good) return unreadable(directory_, "one of its topics");
  return {};
}

result<void> store::load_partitions() {
  std::map<topic_number, stored_topic*> by_number;
  for (auto& [name, t] : topics_) by_number[t.number] = &t;
  bool good = true;
  const auto status = visit_sort(*db_, partition_sort, [&](std::string_view key, std::string_view value) {
    const auto place = parse_partition_key(key);
    const auto entry = decode_partition(value);
    const auto topic = place ? by_number.find(place->first) : by_number.end();
    good = entry && topic != by_number.end() && place->second >= 0 &&
           std::size_t(place->second) < topic->second->partitions.size();
    if (good) topic->second->partitions[std::size_t(place->second)] = *entry;
    return good;
  });
  if (!status.ok()) return failed(directory_, "read its partitions", status);
  if (!good) return unreadable(directory_, "one of its partitions");
  return {};
}

result<void> store::load_commits() {
  bool good = true;
  const auto status = visit_sort(*db_, commit_sort, [&](std::string_view key, std::string_view value) {
    auto place = parse_commit_key(key);
    const auto entry = decode_commit(value);
    good = place && entry;
    if (good) commits_.emplace_back(std::move(*place), *entry);
    return good;
  });
  if (!status.ok()) return failed(directory_, "read what its groups have completed", status);
  if (!good) return unreadable(directory_, "what one of its groups has completed");
  return {};
}

// A write that failed may have left records behind that nobody was told of, past the end of a partition; or it had
// already moved the beginning, so that nobody would remove those before it any more.
result<void> store::drop_leftovers() {
  constexpr auto highest = std::numeric_limits<std::int64_t>::max();
  changes c;
  for (const auto& [name, t] : topics_) {
    for (std::size_t i = 0; i < t.partitions.size(); ++i) {
      const auto& [begin, end, last] = t.partitions[i];
      for (const auto& [from, to] : {std::pair{std::int64_t(0), begin}, std::pair{end, highest}}) {
        const auto partition = static_cast<std::int32_t>(i);
        const auto some = read(t.number, partition, from, to, 1, 1);
        // What is damaged goes, too: nothing there belongs to the partition any more.
        if (!some && some.error().code != errc::corrupt) return some.error();
        if (!some || !some->empty()) c.remove(t.number, partition, from, to, changes::how::many);
      }
    }
  }
  if (c.empty()) return {};
  return write(c, true);
}

result<stored_topic> store::add_topic(const std::string& name, std::int32_t partitions) {
  topic_number number = 0;
  for (const auto& [other, t] : topics_) number = std::max<topic_number>(number, t.number + 1);
  changes c;
  c.batch_->Put(topic_key(name), encode(topic_entry{number, partitions}));
  if (auto written = write(c, true); !written) return written.error();
  return topics_[name] = {number, std::vector<partition_entry>(std::size_t(partitions))};
}

result<void> store::write(changes& c, bool synced) {
  if (!db_) return closed(directory_);
  rocksdb::WriteOptions o;
  o.sync = synced;
  const auto s = db_->Write(o, c.batch_.get());
  if (s.IsCorruption()) is_damaged_ = true;
  if (!s.ok()) return failed(directory_, "write to it", s);
  return {};
}

result<void> store::sync() {
  if (!db_) return closed(directory_);
  const auto s = db_->SyncWAL();
  if (!s.ok()) return failed(directory_, "sync it", s);
  return {};
}

// RocksDB's own Resume() is of no use after a write that failed in the log of writes: it may report success, but the
// log refuses each further write until the files are opened anew (its issues 11643 and 12998). Debian 12's, which is
// built with its assertions, may even end the process there.
result<void> store::try_again() {
  if (auto writable = probe(); !writable) return writable;
  const std::unique_lock lock(mutex_);
  db_.reset();
  damage_.clear();
  auto opened = open();
  opened_.notify_all();
  return opened;
}

// Opening needs to write, too. So the files stay open for readers until the disk takes writes again.
result<void> store::probe() const {
  auto* env = options_.env != nullptr ? options_.env : rocksdb::Env::Default();
  const auto file = (directory_ / "probe").string();
  const auto written = rocksdb::WriteStringToFile(env, std::string(64 << 10, ' '), file, true);
  (void)env->DeleteFile(file);
  if (!written.ok()) return failed(directory_, "write to it", written);
  return {};
}

void store::give_up() {
  {
    const std::shared_lock lock(mutex_);
    if (db_) db_->DisableManualCompaction();
  }
  const std::unique_lock lock(mutex_);
  given_up_ = true;
  opened_.notify_all();
}

result<std::vector<base::record>> store::read(topic_number t, std::int32_t partition, std::int64_t from,
                                              std::int64_t end, std::size_t max_records, std::size_t max_bytes) const {
  const use db(*this);
  if (!db) return closed(directory_);
  std::vector<base::record> out;
  std::size_t bytes = 0;
  bool good = true;
  const auto status =
      visit_records(*db, t, partition, from, end, [&](std::optional<std::int64_t> offset, std::string_view value) {
        if (out.size() >= max_records || bytes >= max_bytes) return false;
        auto r = decode_record(value);
        good = offset && r;
        if (!good) return false;
        r->offset = *offset;
        r->partition = partition;
        bytes += r->bytes();
        out.push_back(std::move(*r));
        return true;
      });
  if (!good) return unreadable(directory_, fmt::format("a record of partition {} past offset {}", partition, from));
  if (!status.ok()) return failed(directory_, "read records", status);
  return out;
}

result<void> store::visit(topic_number t, std::int32_t partition, std::int64_t from, std::int64_t end,
                          const std::function<void(std::int64_t offset, bool good)>& each) const {
  const use db(*this);
  if (!db) return closed(directory_);
  bool good = true;
  const auto status =
      visit_records(*db, t, partition, from, end, [&](std::optional<std::int64_t> offset, std::string_view value) {
        good = offset.has_value();
        if (good) each(*offset, decode_record(value).has_value());
        return good;
      });
  if (!good) return unreadable(directory_, fmt::format("a key of partition {}", partition));
  if (!status.ok()) return failed(directory_, "read records", status);
  return {};
}

result<std::int64_t> store::find(topic_number t, std::int32_t partition, std::int64_t begin, std::int64_t end,
                                 base::sys_time at) const {
  const use db(*this);
  if (!db) return closed(directory_);
  std::string value;
  while (begin < end) {
    const auto middle = begin + (end - begin) / 2;
    const auto s = db->Get({}, record_key(t, partition, middle), &value);
    // Removed meanwhile, so it was among the oldest.
    if (s.IsNotFound()) {
      begin = middle + 1;
      continue;
    }
    if (!s.ok()) return failed(directory_, "look for a time", s);
    const auto time = decode_log_time(value);
    if (!time) return unreadable(directory_, fmt::format("the record at offset {} of partition {}", middle, partition));
    if (*time < at) {
      begin = middle + 1;
    } else {
      end = middle;
    }
  }
  return end;
}

void store::shrink(topic_number t, std::int32_t partition, std::int64_t to) const {
  const use db(*this);
  if (!db || is_damaged()) return;
  const auto first = record_key(t, partition, 0);
  const auto last = record_key(t, partition, to);
  const auto from_slice = slice(first);
  const auto to_slice = slice(last);
  rocksdb::CompactRangeOptions o;
  o.exclusive_manual_compaction = false;
  o.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
  // If it fails, the next write says so.
  (void)db->CompactRange(o, &from_slice, &to_slice);
}

void store::free_files(topic_number t, std::int32_t partition, std::int64_t to) {
  const auto first = record_key(t, partition, 0);
  const auto last = record_key(t, partition, to);
  const auto from_slice = slice(first);
  const auto to_slice = slice(last);
  if (!db_) return;
  // Only a hint: what it leaves goes when the files are merged.
  (void)rocksdb::DeleteFilesInRange(db_.get(), db_->DefaultColumnFamily(), &from_slice, &to_slice, false);
}

result<void> store::compact() {
  rocksdb::CompactRangeOptions o;
  o.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
  const auto s = db_->CompactRange(o, nullptr, nullptr);
  if (!s.ok()) return failed(directory_, "compact it", s);
  return {};
}

result<void> store::verify() const {
  const auto s = db_->VerifyChecksum();
  if (!s.ok()) return failed(directory_, "check it", s);
  return {};
}

std::uint64_t store::disk_bytes() const {
  std::uint64_t files = 0;
  std::uint64_t memory = 0;
  if (!db_) return 0;
  db_->GetIntProperty(rocksdb::DB::Properties::kTotalSstFilesSize, &files);
  db_->GetIntProperty(rocksdb::DB::Properties::kCurSizeAllMemTables, &memory);
  return files + memory;
}

}  // namespace streamdemo::bus::inprocess::journal
