#include <rocksdb/cache.h>
#include <rocksdb/convenience.h>
#include <rocksdb/db.h>
#include <rocksdb/experimental.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <shared_mutex>

#include "gateway/history/store/event_key.hpp"
#include "gateway/history/store/event_store.hpp"
#include "gateway/history/store/event_value.hpp"

namespace streamdemo::gateway {

namespace {

// Up to this many events are erased one by one. A range costs every later read a little until it is compacted away.
constexpr std::int64_t few_events = 64;
// Two being written to files while a third is filled.
constexpr int write_buffers = 3;
// What a batch takes for an event beside its text and its history's name.
constexpr std::size_t per_entry = 32;
constexpr int most_open_files = 64;
// Behind the shape, of a store whose large events may be compressed: an earlier program would not understand them.
constexpr std::string_view with_compressed = ", large events compressed";

base::error error_of(const rocksdb::Status& s, const std::string& what) {
  const auto code = s.IsNoSpace() ? base::errc::no_space : s.IsCorruption() ? base::errc::corrupt : base::errc::io;
  return {code, what + ": " + s.ToString()};
}

// RocksDB says only in words that another process, or this one, holds the lock file.
bool is_locked(const rocksdb::Status& s) {
  const auto text = s.ToString();
  return s.IsIOError() && text.find("ock") != std::string::npos &&
         (text.find("LOCK") != std::string::npos || text.find("lock ") != std::string::npos);
}

rocksdb::CompressionType best_compression() {
  const auto there = rocksdb::GetSupportedCompressions();
  const bool lz4 = std::find(there.begin(), there.end(), rocksdb::kLZ4Compression) != there.end();
  return lz4 ? rocksdb::kLZ4Compression : rocksdb::kNoCompression;
}

// RocksDB's own log of what it does: nobody reads it, and one that cannot be written, on a full disk, ends the process
// in a library that is built with its assertions, such as Debian 12's.
struct no_log final : rocksdb::Logger {
  using Logger::Logv;
  void Logv(const char*, va_list) override {}
};

rocksdb::Options options_for(const rocks_store_options& o) {
  // Parts of the memory: a twelfth for the cache, three for the write buffers; what writes and merges files, and the
  // holes that all this leaves between events in the heap, were seen to take the rest.
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(std::max<std::size_t>(o.memory_bytes / 12, 1 << 20), 2);
  table.block_size = 16 << 10;
  // Otherwise the indexes of all open files would be in memory beside the cache.
  table.cache_index_and_filter_blocks = true;
  rocksdb::Options out;
  out.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  out.avoid_flush_during_shutdown = !o.flush_at_end;
  out.create_if_missing = true;
  out.compression = best_compression();
  out.write_buffer_size = std::clamp<std::size_t>(o.memory_bytes / 12, 1 << 20, 64 << 20);
  out.max_write_buffer_number = write_buffers;
  out.arena_block_size = 256 << 10;
  // While files are merged, both the old and the new ones are there, so each merge is a small part of the whole.
  const auto part_bytes = std::clamp<std::uint64_t>(o.max_disk_bytes / 64, 1 << 20, 32 << 20);
  out.max_bytes_for_level_base = 8 * part_bytes;
  out.max_compaction_bytes = 8 * part_bytes;
  // New events lie behind the old ones, so that merging them rewrites the last file. It is small, and several write
  // buffers are merged with it at a time, so that this is not a multiple of what is new. All files together are some
  // thousands, and more only where they may take more than 80 GiB.
  out.target_file_size_base = std::clamp<std::uint64_t>(o.max_disk_bytes / 2560, 1 << 20, 32 << 20);
  out.level0_file_num_compaction_trigger = 8;
  out.level0_slowdown_writes_trigger = 24;
  out.level0_stop_writes_trigger = 40;
  out.level_compaction_dynamic_level_bytes = true;
  out.max_open_files = most_open_files;
  out.max_background_jobs = 2;
  out.bytes_per_sync = 1 << 20;
  out.info_log = std::make_shared<no_log>();
  out.stats_dump_period_sec = 0;
  out.stats_persist_period_sec = 0;
  // What was erased, and is not dropped with a whole file, leaves the disk after about this time.
  const auto keep = std::chrono::duration_cast<std::chrono::seconds>(o.keep_for).count();
  out.ttl = out.periodic_compaction_seconds = std::max<std::uint64_t>(600, static_cast<std::uint64_t>(keep));
  return out;
}

class rocks_store final : public event_store {
 public:
  explicit rocks_store(rocks_store_options o)
      : options_(std::move(o)),
        folder_((options_.directory / "events").string()),
        aside_((options_.directory / "events.aside").string()),
        damaged_(options_.directory / "events.damaged") {
    // Everything can be read from the log again, so there is no log of its own beside it.
    write_.disableWAL = true;
  }

  base::result<opened> open(std::string_view shape) override {
    std::error_code ec;
    const bool is_new = std::filesystem::create_directories(folder_, ec);
    if (ec || ::access(options_.directory.c_str(), W_OK | X_OK) != 0) {
      return base::error{base::errc::invalid_argument,
                         "the directory " + options_.directory.string() +
                             " cannot be made or written; make it, or set history.directory to another one"};
    }
    auto found = is_new ? base::result<opened>(opened{}) : open_as_it_is(shape);
    if (!found || found->kept) return found;
    if (auto done = found->why.empty() ? open_empty() : put_aside(); !done) return done.error();
    return found;
  }

  // Somebody may want to know why it did not fit, or go back to the settings or the program that it fits.
  base::result<void> put_aside() override {
    {
      const std::unique_lock lock(mutex_);
      db_.reset();
      std::error_code ec;
      std::filesystem::remove_all(aside_, ec);
      if (!ec) std::filesystem::rename(folder_, aside_, ec);
      if (ec) return base::error{base::errc::io, "putting " + folder_ + " aside: " + ec.message()};
    }
    return open_empty();
  }

  base::result<void> write(std::span<const change> changes, std::span<const note> notes) override {
    auto* db = db_.get();
    if (db == nullptr) return base::error{base::errc::io, folder_ + " is not open"};
    // Reserved, because it would double as it grows.
    std::size_t bytes = 4096;
    for (const auto& c : changes) {
      for (const auto& e : c.add) bytes += e->sse().size() + c.name.size() + per_entry;
    }
    rocksdb::WriteBatch batch(bytes);
    for (const auto& c : changes) {
      for (const auto& e : c.add) {
        const auto value = value_of_text(e->sse(), room_);
        if (value.size() < e->sse().size()) unpacked_bytes_ += e->sse().size();
        batch.Put(key_of_event(c.name, e->seq()), slice(value));
      }
      if (c.erase_through != 0) erase(batch, c);
    }
    for (const auto& n : notes) add(batch, n);
    if (const auto s = db->Write(write_, &batch); !s.ok()) return failed(s, "writing to " + folder_);
    for (const auto& c : changes) {
      if (c.erase_through - c.erase_from >= few_events) drop_files(*db, c);
    }
    flush_now_and_then(*db);
    return {};
  }

  base::result<std::vector<task::event_ptr>> read(std::string_view name, std::int64_t after, std::size_t max_events,
                                                  std::size_t max_bytes) const override {
    const std::shared_lock lock(mutex_);
    auto* db = db_.get();
    if (db == nullptr) return base::error{base::errc::io, folder_ + " is not open"};
    const auto from = key_of_event(name, after + 1);
    const auto to = key_of_event(name, std::numeric_limits<std::int64_t>::max());
    const rocksdb::Slice end(to);
    rocksdb::ReadOptions how;
    how.iterate_upper_bound = &end;
    // A reader goes on where it stopped, but what it has read nobody else may want.
    how.fill_cache = false;
    std::vector<task::event_ptr> found;
    std::size_t bytes = 0;
    const std::unique_ptr<rocksdb::Iterator> it(db->NewIterator(how));
    for (it->Seek(from); it->Valid(); it->Next()) {
      if (found.size() >= max_events || (!found.empty() && bytes >= max_bytes)) break;
      auto text = text_of_value({it->value().data(), it->value().size()});
      auto e = text ? task::event_of(std::move(*text)) : nullptr;
      if (!e) return base::error{base::errc::corrupt, folder_ + " has something that is no event"};
      bytes += e->json().size();
      found.push_back(std::move(e));
    }
    if (!it->status().ok()) return error_of(it->status(), "reading from " + folder_);
    return found;
  }

  base::result<void> read_notes(std::string_view after, const note_reader& f) const override {
    auto* db = db_.get();
    if (db == nullptr) return {};
    rocksdb::ReadOptions how;
    how.fill_cache = false;  // they are read once
    how.readahead_size = 256 << 10;
    const std::unique_ptr<rocksdb::Iterator> it(db->NewIterator(how));
    // The next key in the order of keys is the same with a 0 behind it.
    it->Seek((note_mark + std::string(after)).append(after.empty() ? 0 : 1, '\0'));
    while (it->Valid() && f({it->key().data() + 1, it->key().size() - 1}, {it->value().data(), it->value().size()})) {
      it->Next();
    }
    if (!it->status().ok()) return error_of(it->status(), "reading from " + folder_);
    return {};
  }

  base::result<void> erase_before(base::sys_time at, bool all) override {
    auto* db = db_.get();
    if (db == nullptr) return {};
    const auto to = key_of_time(at);
    const rocksdb::Slice end(to);
    auto s = rocksdb::DeleteFilesInRange(db, db->DefaultColumnFamily(), nullptr, &end, false);
    if (s.ok() && all) s = db->DeleteRange(write_, db->DefaultColumnFamily(), std::string(), to);
    if (!s.ok()) return error_of(s, "erasing in " + folder_);
    return {};
  }

  base::result<void> recover(std::span<const change> erasures, bool everything) override {
    auto* db = db_.get();
    if (db == nullptr || everything) return open_empty();
    for (const auto& c : erasures) drop_files(*db, c);
    auto s = db->Resume();
    if (!s.ok()) return failed(s, "writing to " + folder_ + " again");
    if (auto done = write(erasures, {}); !done) return done;
    // Writing alone may only fill a buffer.
    s = db->Delete(write_, std::string());
    if (s.ok()) s = db->Flush(rocksdb::FlushOptions());
    if (!s.ok()) return failed(s, "writing to " + folder_ + " again");
    return {};
  }

  std::uint64_t disk_bytes() const override {
    std::uint64_t bytes = 0;
    auto* db = db_.get();
    if (db != nullptr) db->GetIntProperty(rocksdb::DB::Properties::kTotalSstFilesSize, &bytes);
    return bytes;
  }
  std::size_t memory_bytes() const noexcept override { return options_.memory_bytes; }

 private:
  // Of a write. Once files were to be merged and one of them is damaged, RocksDB writes nothing any more, and would
  // come to the same file again after each start. So it is noted for the next one, which puts all of it aside. What can
  // be read is read until then.
  base::error failed(const rocksdb::Status& s, const std::string& what) const {
    if (s.IsCorruption()) {
      std::error_code ec;
      if (!std::filesystem::exists(damaged_, ec)) std::ofstream(damaged_) << s.ToString() << '\n';
    }
    return error_of(s, what);
  }

  // After kill -9 what is in the write buffers is read from the log again, where it is as large as it was.
  void flush_now_and_then(rocksdb::DB& db) {
    if (unpacked_bytes_ < options_.memory_bytes / 4) return;
    unpacked_bytes_ = 0;
    rocksdb::FlushOptions soon;
    soon.wait = false;
    (void)db.Flush(soon);  // if it fails, so does the next write
  }

  static rocksdb::Slice slice(std::string_view text) noexcept { return {text.data(), text.size()}; }

  base::error locked() const {
    return {base::errc::conflict, "another process uses " + options_.directory.string() +
                                      ": set history.directory to a directory of this gateway's own"};
  }

  base::result<opened> open_as_it_is(std::string_view shape) {
    const std::unique_lock lock(mutex_);
    rocksdb::DB* made = nullptr;
    auto s = rocksdb::DB::Open(options_for(options_), folder_, &made);
    if (!s.ok() && is_locked(s)) return locked();
    if (!s.ok()) return opened{.why = s.ToString()};
    db_.reset(made);
    std::string before;
    if (std::ifstream damaged(damaged_); damaged) {
      std::getline(damaged, before);
      return opened{.why = "one of its files is damaged: " + before};
    }
    s = made->Get(rocksdb::ReadOptions(), note_mark + std::string(shape_key), &before);
    if (!s.ok()) return opened{.why = "it is incomplete"};
    if (before == shape) {
      s = made->Put(write_, note_mark + std::string(shape_key), before.append(with_compressed));
      if (!s.ok()) return error_of(s, "writing to " + folder_);
    }
    if (before == std::string(shape).append(with_compressed)) return opened{.kept = true};
    if (before.ends_with(with_compressed)) before.resize(before.size() - with_compressed.size());
    return opened{.why = "it was written for: " + before};
  }

  static void add(rocksdb::WriteBatch& batch, const note& n) {
    const auto key = note_mark + n.key;
    if (!n.erase_to.empty()) {
      batch.DeleteRange(key, note_mark + n.erase_to);
    } else if (n.key == shape_key && n.value) {
      batch.Put(key, std::string(*n.value).append(with_compressed));
    } else if (n.value) {
      batch.Put(key, *n.value);
    } else {
      batch.Delete(key);
    }
  }

  base::result<void> open_empty() {
    const auto o = options_for(options_);
    const std::unique_lock lock(mutex_);
    db_.reset();
    std::error_code ec;
    std::filesystem::create_directories(folder_, ec);  // where DestroyDB finds none, it fails
    auto s = rocksdb::DestroyDB(folder_, o);
    rocksdb::DB* made = nullptr;
    std::filesystem::create_directories(folder_, ec);  // which DestroyDB has removed
    if (s.ok()) s = rocksdb::DB::Open(o, folder_, &made);
    if (!s.ok()) {
      if (!is_locked(s)) return error_of(s, "opening " + folder_);
      return locked();
    }
    db_.reset(made);
    std::filesystem::remove(damaged_, ec);
    return {};
  }

  static void erase(rocksdb::WriteBatch& batch, const change& c) {
    if (c.erase_through - c.erase_from >= few_events) {
      batch.DeleteRange(key_of_event(c.name, c.erase_from), key_of_event(c.name, c.erase_through + 1));
      return;
    }
    for (auto seq = c.erase_from; seq <= c.erase_through; ++seq) batch.Delete(key_of_event(c.name, seq));
  }

  // The files that contain nothing else. It only saves space earlier, so an error does no harm.
  static void drop_files(rocksdb::DB& db, const change& c) {
    const auto from = key_of_event(c.name, c.erase_from), to = key_of_event(c.name, c.erase_through + 1);
    const rocksdb::Slice begin(from), end(to);
    rocksdb::DeleteFilesInRange(&db, db.DefaultColumnFamily(), &begin, &end, false);
  }

  const rocks_store_options options_;
  const std::string folder_;
  const std::string aside_;
  // If there is one, the events are to be put aside at the next start, for the reason in it.
  const std::filesystem::path damaged_;
  rocksdb::WriteOptions write_;
  // The writer's.
  std::string room_;                // for a compressed event
  std::size_t unpacked_bytes_ = 0;  // of compressed events since the last flush for their sake
  // Guards the pointer, which only the writer changes, from the readers.
  mutable std::shared_mutex mutex_;
  std::unique_ptr<rocksdb::DB> db_;  // once it is open
};

}  // namespace

std::unique_ptr<event_store> make_rocks_store(rocks_store_options o) {
  return std::make_unique<rocks_store>(std::move(o));
}

}  // namespace streamdemo::gateway
