// The record codec: between a bus record and what it says. CloudEvents 1.0, Kafka binding, binary mode
// (headers ce_*); the value is the payload as it is. Unknown headers are ignored. Pure, thread-safe.
#pragma once
#include <streamdemo/base/record.hpp>
#include <streamdemo/task/vocabulary.hpp>

namespace streamdemo::task {

struct message {
  message_type type = message_type::result;
  std::string request_id;  // the record's key; empty for `alive`
  std::string kind;        // ce_subject
  std::string source;      // ce_source: "name/uid" of the instance
  sys_time time{};         // ce_time: when the sender made it
  std::string content_type = "application/json";
  std::string payload;

  std::optional<sys_time> expiry;       // submitted, accepted: mandatory, absolute
  std::optional<sys_time> accepted_at;  // submitted: log time of the task's `accepted`, where the sender has read it
  std::string run;                      // ce_run; empty: not of a run
  std::int64_t runseq = 0;              // ce_runseq: `started` is 1
  std::optional<std::string> replaces;  // started, verdict; present and empty: "there was no run"
  bool resume = false;                  // started: continues after the last result
  std::string payload_hash;             // accepted: SHA-256 of the request's payload, hex
  int fold = fold_version;              // accepted
  std::string owner;                    // accepted, submitted: whose task it is (ce_authid); empty: nobody's
  std::string traceparent;
  std::string tracestate;
};

// The record for `topic`/`partition`; ce_id is made here (unique per call).
base::record encode(message m, std::string topic, std::int32_t partition);

// The name of the instance: what stands before the first '/' of its source.
std::string_view instance_name(std::string_view source) noexcept;

// What the record says. corrupt: a mandatory header is missing, a type is unknown, a number or time does not parse, or
// what the record says can be of no run or needs one; the message names the header.
result<message> decode(const base::record& r);

}  // namespace streamdemo::task
