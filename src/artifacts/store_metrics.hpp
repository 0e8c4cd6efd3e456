// What every store of files counts, and says of it.
#pragma once
#include <streamdemo/base/log.hpp>
#include <streamdemo/base/metrics.hpp>

#include <cstdint>

namespace streamdemo::artifacts {

class store_metrics {
 public:
  explicit store_metrics(base::metrics& m)
      : bytes(m.gauge("streamdemo_artifacts_bytes", "Bytes of all files that tasks made, as of the last sweep")),
        input_bytes(m.gauge("streamdemo_artifacts_input_bytes", "Bytes of uploads whose tasks have not ended")),
        expired(removed(m, "expired")),
        evicted(removed(m, "overflow")),
        done(removed(m, "task_over")),
        deleted(removed(m, "deleted")) {}

  base::gauge& bytes;
  base::gauge& input_bytes;
  base::counter& expired;
  base::counter& evicted;
  base::counter& done;
  base::counter& deleted;

 private:
  static base::counter& removed(base::metrics& m, const char* reason) {
    return m.counter("streamdemo_artifacts_removed_total", "Artifacts removed", {{"reason", reason}});
  }
};

// Files of tasks that are still to be kept had to go.
inline void tell_overflow(const base::logger& log, std::size_t files, std::uint64_t max_bytes) {
  if (files == 0) return;
  log.warning("removed the {} oldest artifacts to stay below artifacts.max_bytes ({})", files, max_bytes);
}

}  // namespace streamdemo::artifacts
