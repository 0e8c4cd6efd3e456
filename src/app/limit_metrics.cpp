#include "app/limit_metrics.hpp"

namespace streamdemo::app {

void show_limits(const config::settings& s, base::metrics& m) {
  const auto show = [&m](const char* setting, auto value) {
    m.gauge("streamdemo_limit", "A setting that bounds what this process uses", {{"setting", setting}})
        .Set(static_cast<double>(value));
  };
  show("artifacts.max_bytes", s.artifacts.max_bytes);
  if (s.artifacts.store == config::store_kind::s3) {
    show("s3.max_buffer_bytes", s.s3.max_buffer_bytes);
    show("s3.max_scratch_bytes", s.s3.max_scratch_bytes);
  }
  if (s.role != config::role::processor) {
    show("gateway.max_tasks", s.gateway.max_tasks);
    show("gateway.max_connections", s.gateway.max_connections);
    show("gateway.max_buffer_bytes", s.gateway.max_buffer_bytes);
    show("results.max_bytes", s.results.max_bytes);
    if (!s.history.directory.empty()) show("history.max_disk_bytes", s.history.max_disk_bytes);
  }
  if (s.role != config::role::gateway) {
    show("processor.concurrency", s.processor.concurrency);
    show("processor.max_gap", s.processor.max_gap);
    show("processor.max_held_bytes", s.processor.max_held_bytes);
    show("processor.max_remembered_bytes", s.processor.max_remembered_bytes);
  }
  if (s.bus == config::bus_kind::inprocess && !s.inprocess.directory.empty()) {
    show("inprocess.max_disk_bytes", s.inprocess.max_disk_bytes);
  }
}

}  // namespace streamdemo::app
