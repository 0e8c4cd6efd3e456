// What an operator may want to know of the directory of a journal, and do to it. Each function blocks on the disk, and
// makes no directory. Errors of all: not_found (no such directory), invalid_argument (it is no journal, or a newer
// version wrote it), io, no_space, corrupt.
#pragma once
#include <streamdemo/base/clock.hpp>
#include <streamdemo/base/error.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace streamdemo::bus {

struct journal_partition {
  std::int64_t begin = 0;   // the first offset
  std::int64_t end = 0;     // the offset past the last one
  base::sys_time newest{};  // log time; the epoch: there never was a record
};

struct journal_topic {
  std::string name;
  std::vector<journal_partition> partitions;
};

// How far a group has completed one partition.
struct journal_progress {
  std::string group;
  std::string topic;
  std::int32_t partition = 0;
  std::int64_t offset = 0;  // the first that is not completed
  base::sys_time at{};      // when that was written
};

struct journal_info {
  std::uint32_t format = 0;
  std::uint64_t bytes = 0;  // of all its files
  std::string open_by;      // the process that has it open; empty: none
  std::vector<journal_topic> topics;
  std::vector<journal_progress> groups;
};

// Beside a process that has it open, too: what that has written until now.
base::result<journal_info> look_at_journal(const std::filesystem::path& directory);

struct journal_check {
  std::uint64_t records = 0;
  std::uint64_t bytes = 0;
  std::vector<std::string> wrong;  // what is wrong, and where; the first hundred
  std::uint64_t more = 0;          // how much else is wrong
};

// Reads every block and every record. Changes nothing. Further error: already_exists (a process has it open).
base::result<journal_check> check_journal(const std::filesystem::path& directory);

struct journal_sizes {
  std::uint64_t before = 0;
  std::uint64_t after = 0;
};

// Writes everything anew, without what was removed: needs as much room again as the journal takes. Further error:
// already_exists (a process has it open).
base::result<journal_sizes> compact_journal(const std::filesystem::path& directory);

}  // namespace streamdemo::bus
