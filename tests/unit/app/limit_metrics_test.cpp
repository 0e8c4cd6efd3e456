#include "app/limit_metrics.hpp"

#include <doctest/doctest.h>

using namespace streamdemo;

namespace {

bool shows(const config::settings& s, const std::string& line) {
  base::metrics m;
  app::show_limits(s, m);
  return m.expose().find("\nstreamdemo_limit{setting=\"" + line) != std::string::npos;
}

}  // namespace

TEST_CASE("a process shows the limits of the parts that it has") {
  config::settings s;
  s.gateway.max_tasks = 77;
  s.processor.concurrency = 5;
  s.inprocess.directory = "journal";
  CHECK(shows(s, "gateway.max_tasks\"} 77\n"));
  CHECK(shows(s, "processor.concurrency\"} 5\n"));
  CHECK(shows(s, "inprocess.max_disk_bytes\"}"));
  CHECK_FALSE(shows(s, "history.max_disk_bytes"));
  s.history.directory = "histories";
  CHECK(shows(s, "history.max_disk_bytes"));
  s.role = config::role::gateway;
  CHECK(shows(s, "gateway.max_tasks\"} 77\n"));
  CHECK_FALSE(shows(s, "processor.concurrency"));
  s.role = config::role::processor;
  s.bus = config::bus_kind::kafka;
  CHECK_FALSE(shows(s, "gateway.max_tasks"));
  CHECK(shows(s, "artifacts.max_bytes"));
  CHECK_FALSE(shows(s, "inprocess.max_disk_bytes"));
  CHECK_FALSE(shows(s, "s3.max_scratch_bytes"));
  s.artifacts.store = config::store_kind::s3;
  CHECK(shows(s, "s3.max_scratch_bytes"));
}
