// Records of the response topic as processors and gateways write them, for tests of the gateway.
#pragma once
#include <streamdemo/base/partition.hpp>
#include <streamdemo/bus/bus.hpp>
#include <streamdemo/task/message.hpp>

#include <algorithm>
#include <map>
#include <string>

#include "support/hand_clock.hpp"

namespace streamdemo::gateway::testing {

using test::hand_clock;

inline constexpr base::sys_time epoch = hand_clock::epoch;
inline constexpr std::string_view own_source = "gateway/own";

// Makes the records of a log: offsets ascend per partition, and the test sets the time.
class log_writer {
 public:
  explicit log_writer(std::int32_t partitions) : partitions_(partitions) {}

  base::sys_time time = epoch;

  base::record_ptr accepted(const std::string& id, std::string hash = "h", std::string source = "gateway/other") {
    auto m = message(task::message_type::accepted, id, R"({"kind":"simulate"})");
    m.kind = "simulate";
    m.source = std::move(source);
    m.expiry = time + std::chrono::hours(1);
    m.payload_hash = std::move(hash);
    return record(std::move(m));
  }

  base::record_ptr started(const std::string& id, const std::string& run, std::string replaces = {},
                           bool resume = false) {
    auto m = message(task::message_type::started, id, "{}");
    m.run = run;
    m.runseq = runseq_[run] = 1;
    m.replaces = std::move(replaces);
    m.resume = resume;
    return record(std::move(m));
  }

  base::record_ptr of_run(task::message_type type, const std::string& id, const std::string& run, std::string payload) {
    auto m = message(type, id, std::move(payload));
    m.run = run;
    auto& last = runseq_[run];
    last = std::max<std::int64_t>(last, 1);  // as if there had been a `started`
    m.runseq = ++last;
    return record(std::move(m));
  }

  base::record_ptr result(const std::string& id, const std::string& run, std::string payload) {
    return of_run(task::message_type::result, id, run, std::move(payload));
  }

  base::record_ptr ended(const std::string& id, const std::string& run) {
    return of_run(task::message_type::ended, id, run, R"({"status":"succeeded"})");
  }

  base::record_ptr canceled(const std::string& id) {
    return record(message(task::message_type::ended, id, R"({"status":"canceled"})"));
  }

  task::message message(task::message_type type, const std::string& id, std::string payload) const {
    task::message m;
    m.type = type;
    m.request_id = id;
    m.source = "processor/p";
    m.time = time;
    m.payload = std::move(payload);
    return m;
  }

  base::record_ptr record(task::message m) {
    const auto partition = base::partition_for(m.request_id, partitions_);
    auto r = task::encode(std::move(m), "response", partition);
    r.offset = offsets_[partition]++;
    r.log_time = std::chrono::floor<base::milliseconds>(time);
    return std::make_shared<base::record>(std::move(r));
  }

 private:
  std::int32_t partitions_;
  std::map<std::string, std::int64_t> runseq_;
  std::map<std::int32_t, std::int64_t> offsets_;
};

}  // namespace streamdemo::gateway::testing
