#include "bus/inprocess/journal/rocks.hpp"

#include <fmt/format.h>
#include <rocksdb/cache.h>
#include <rocksdb/convenience.h>
#include <rocksdb/table.h>

#include <algorithm>
#include <cstdarg>

namespace streamdemo::bus::inprocess::journal {

using base::errc;
using base::error;

namespace {

constexpr std::size_t mib = std::size_t(1) << 20;

// The journal is the only copy of the records, so nothing leaves the damaged ones out and goes on.
std::string advice_on_damage(const std::filesystem::path& directory) {
  const auto whole = directory.parent_path().string();
  return fmt::format(
      "; `streamdemo data check {}` names the damage; start with a backup of {}, or move it away and begin with an "
      "empty "
      "one",
      whole, whole);
}

// RocksDB's own log of what it does: nobody reads it, and one that cannot be written, on a full disk, ends the process
// in a library that is built with its assertions, such as Debian 12's.
struct no_log final : rocksdb::Logger {
  using Logger::Logv;
  void Logv(const char*, va_list) override {}
};

}  // namespace

rocksdb::Options options_of(const store_options& o) {
  rocksdb::Options db;
  if (o.env != nullptr) db.env = o.env;
  db.create_if_missing = true;
  // A crash leaves the last write torn, and nothing else.
  db.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  // Small buffers, for their memory, but as many bytes gather in files as thirty-two of them before they are merged
  // with older ones.
  db.write_buffer_size = 2 * mib;
  db.max_write_buffer_number = 4;
  db.level0_file_num_compaction_trigger = 32;
  db.level0_slowdown_writes_trigger = 64;
  db.level0_stop_writes_trigger = 96;
  db.max_total_wal_size = 64 * mib;
  db.max_open_files = 64;
  db.max_background_jobs = 2;
  db.bytes_per_sync = mib;
  db.level_compaction_dynamic_level_bytes = true;
  db.info_log = std::make_shared<no_log>();
  const auto supported = rocksdb::GetSupportedCompressions();
  const bool lz4 = std::ranges::find(supported, rocksdb::kLZ4Compression) != supported.end();
  db.compression = lz4 ? rocksdb::kLZ4Compression : rocksdb::kNoCompression;
  rocksdb::BlockBasedTableOptions table;
  table.block_size = 16 << 10;
  // Records are not read through it (store.cpp), and the rest is little.
  table.block_cache = rocksdb::NewLRUCache(mib, 0);
  // Newer versions write files by default that older ones cannot read, and then nobody could go back one version.
  table.format_version = 5;
  db.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return db;
}

error failed(const std::filesystem::path& directory, std::string_view tried, const rocksdb::Status& s) {
  const auto code = s.IsNoSpace() ? errc::no_space : s.IsCorruption() ? errc::corrupt : errc::io;
  const auto advice = s.IsCorruption() ? advice_on_damage(directory) : std::string();
  return {code, fmt::format("the journal in {}: cannot {}: {}{}", directory.string(), tried, s.ToString(), advice)};
}

error unreadable(const std::filesystem::path& directory, std::string_view what) {
  return {errc::corrupt,
          fmt::format("the journal in {}: {} cannot be read{}", directory.string(), what, advice_on_damage(directory))};
}

error closed(const std::filesystem::path& directory) {
  return {errc::unavailable, fmt::format("the journal in {} is closed", directory.string())};
}

}  // namespace streamdemo::bus::inprocess::journal
