// The in-process bus: the whole contract inside one process, in bounded memory, with or without a journal on disk.
//
// In memory only, nothing survives the process. when_full::wait: publishers wait for every following reader and every
// group that ever joined; if there is none, the oldest records are dropped. when_full::refuse: only groups count, and
// nothing is dropped while there is none.
//
// With a journal, a record is acknowledged and shown to readers only after it was synced to disk, in one write with all
// that came meanwhile. The next process that opens the directory goes on from there: records, offsets, and what groups
// have completed (up to the last second before a crash; what was completed then is delivered again). when_full::wait:
// records stay on disk for the topic's retention, readers read them from there, and max_bytes bounds the memory alone.
// Publishes with a deadline fail with errc::full while the journal takes more than max_disk_bytes, and with
// errc::unavailable while the disk refuses to write; those without wait.
#pragma once
#include <streamdemo/base/log.hpp>
#include <streamdemo/base/metrics.hpp>
#include <streamdemo/bus/bus.hpp>

#include <filesystem>

namespace streamdemo::bus {

// `clock` gives the log times. It must outlive the bus, as must `log`.
std::unique_ptr<bus> make_inprocess_bus(const base::clock& clock, const base::logger& log);

struct journal_options {
  std::filesystem::path directory;  // one process at a time; made if it is missing
  bool sync_each = true;  // false: acknowledged once written, and synced ten times a second: survives the end of the
                          // process, but not that of the machine
  std::uint64_t max_disk_bytes = 0;
  base::milliseconds trim_interval{30000};  // how often records that are older than their topic's retention are removed
};

// Opens the directory, which takes longer the more was written shortly before a crash. Errors: already_exists (another
// process has it), invalid_argument (a newer version wrote it), no_space, io, corrupt. `metrics`, too, must outlive it.
result<std::unique_ptr<bus>> make_journaled_bus(const journal_options& o, const base::clock& clock,
                                                base::metrics& metrics, const base::logger& log);

}  // namespace streamdemo::bus
