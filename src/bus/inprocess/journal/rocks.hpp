// RocksDB as the journal uses it: its options, and its errors in words for an operator. Thread-safe.
#pragma once
#include <rocksdb/options.h>
#include <rocksdb/status.h>

#include <filesystem>
#include <string_view>

#include "bus/inprocess/journal/store.hpp"

namespace streamdemo::bus::inprocess::journal {

rocksdb::Options options_of(const store_options& o);

// `tried`: what could not be done, such as "read records". Errors: no_space, corrupt (with what to do then), io.
base::error failed(const std::filesystem::path& directory, std::string_view tried, const rocksdb::Status& s);
// corrupt: RocksDB gave something that makes no sense.
base::error unreadable(const std::filesystem::path& directory, std::string_view what);
// unavailable: the files are not open.
base::error closed(const std::filesystem::path& directory);

}  // namespace streamdemo::bus::inprocess::journal
