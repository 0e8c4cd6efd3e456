// The journal's metrics. Thread-safe.
#pragma once
#include <streamdemo/base/metrics.hpp>

namespace streamdemo::bus::inprocess::journal {

struct journal_metrics {
  explicit journal_metrics(base::metrics& m)
      : records(m.counter("streamdemo_journal_records_total", "Records that the journal has.")),
        writes(m.counter("streamdemo_journal_writes_total", "Groups of records written to the journal.")),
        errors(m.counter("streamdemo_journal_errors_total", "Writes to the journal that failed.")),
        read(m.counter("streamdemo_journal_records_read_total",
                       "Records read back from the journal, since they were no longer in memory.")),
        bytes(m.gauge("streamdemo_journal_bytes", "Bytes that the journal takes on disk.")),
        damaged(m.gauge("streamdemo_journal_damaged",
                        "1 once a file of the journal was found damaged: it goes on, but merges no files.")),
        waiting(m.gauge("streamdemo_journal_waiting_records", "Records that wait to be written to the journal.")),
        seconds(m.histogram("streamdemo_journal_write_seconds", "How long a group took to be written and synced.",
                            {0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3})) {}

  base::counter& records;
  base::counter& writes;
  base::counter& errors;
  base::counter& read;
  base::gauge& bytes;
  base::gauge& damaged;
  base::gauge& waiting;
  base::histogram& seconds;
};

}  // namespace streamdemo::bus::inprocess::journal
