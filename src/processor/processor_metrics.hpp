// The processor's metrics, looked up once. Thread-safe.
#pragma once
#include <streamdemo/base/metrics.hpp>

#include <string_view>

namespace streamdemo::processor {

class processor_metrics {
 public:
  explicit processor_metrics(base::metrics& m);

  // `end`: succeeded, failed, expired, released, or stopped (canceled, or another run took over).
  void run_over(std::string_view end);

  base::counter& requests;
  base::counter& results;
  base::counter& dead_letters;
  base::counter& unreadable;
  base::counter& misplaced;
  base::counter& ignored;
  base::counter& positions_lost;
  base::gauge& running;
  base::gauge& queued;
  base::gauge& waits_alone;
  base::gauge& held_requests;
  base::gauge& held_bytes;
  base::gauge& payloads_let_go;
  base::counter& payloads_read;
  base::gauge& gap;
  base::gauge& remembered_bytes;
  base::gauge& bytes_in_flight;

 private:
  base::counter& succeeded_;
  base::counter& failed_;
  base::counter& expired_;
  base::counter& released_;
  base::counter& stopped_;
};

}  // namespace streamdemo::processor
