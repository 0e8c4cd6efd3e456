// How the journal's keys and values look on disk. Pure. Numbers in keys are big-endian, so that the records of one
// partition lie side by side, by offset; numbers in values are little-endian.
#pragma once
#include <streamdemo/base/record.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace streamdemo::bus::inprocess::journal {

// Written with every directory. A directory of a higher number is refused; a change of anything below raises it.
inline constexpr std::uint32_t format = 1;
inline constexpr std::string_view format_key = "f";

// Where they are, below the journal's directory.
inline constexpr const char* records_directory = "records";

// A number for each topic, in the order in which the topics were made, so that a record's key is short.
using topic_number = std::uint16_t;

struct topic_entry {
  topic_number number = 0;
  std::int32_t partitions = 0;
};

// What is kept of one partition. Records at or past `end` are left-overs of a write that failed.
struct partition_entry {
  std::int64_t begin = 0;
  std::int64_t end = 0;
  base::sys_time last{};  // the log time of the newest record there ever was
};

// How far one group has completed one partition.
struct commit_entry {
  std::int64_t offset = 0;
  base::sys_time at{};  // when that was written
};

struct commit_place {
  topic_number topic = 0;
  std::int32_t partition = 0;
  std::string group;
};

std::string topic_key(std::string_view name);
std::string partition_key(topic_number t, std::int32_t partition);
std::string commit_key(const commit_place& p);
std::string record_key(topic_number t, std::int32_t partition, std::int64_t offset);

// All keys of one sort begin with this character.
inline constexpr char topic_sort = 't';
inline constexpr char partition_sort = 'p';
inline constexpr char commit_sort = 'c';
inline constexpr char record_sort = 'r';

// nullopt: no such key or value.
std::optional<std::string> parse_topic_key(std::string_view key);
std::optional<std::pair<topic_number, std::int32_t>> parse_partition_key(std::string_view key);
std::optional<commit_place> parse_commit_key(std::string_view key);
std::optional<std::int64_t> parse_record_key(std::string_view key);  // its offset

std::string encode(std::uint32_t number);
std::string encode(const topic_entry& e);
std::string encode(const partition_entry& e);
std::string encode(const commit_entry& e);
// Without topic, partition and offset, which the key says.
void encode(const base::record& r, std::string& out);

std::optional<std::uint32_t> decode_number(std::string_view value);
std::optional<topic_entry> decode_topic(std::string_view value);
std::optional<partition_entry> decode_partition(std::string_view value);
std::optional<commit_entry> decode_commit(std::string_view value);
std::optional<base::record> decode_record(std::string_view value);
// The log time alone.
std::optional<base::sys_time> decode_log_time(std::string_view value);

}  // namespace streamdemo::bus::inprocess::journal
