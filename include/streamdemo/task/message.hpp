// Converts between bus records and messages: CloudEvents 1.0, Kafka binding, binary mode (headers ce_*). The record's
// value is the payload, unchanged. Unknown headers are ignored. Pure, thread-safe.
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
  std::optional<sys_time> accepted_at;  // submitted: log time of the task's `accepted`, if the sender has read it
  std::string run;                      // ce_run; empty: the record belongs to no run
  std::int64_t runseq = 0;              // ce_runseq: `started` is 1
  std::optional<std::string> replaces;  // started, verdict; present and empty: "there was no run"
  bool resume = false;                  // started: continues after the last result
  std::string payload_hash;             // accepted: SHA-256 of the request's payload, hex
  int fold = fold_version;              // accepted
  std::string owner;                    // accepted, submitted: the task's owner (ce_authid); empty: none
  std::string traceparent;
  std::string tracestate;
};

// The record for `topic`/`partition`, with a new, unique ce_id.
base::record encode(message m, std::string topic, std::int32_t partition);

// The name of the instance: the part of its source before the first '/'.
std::string_view instance_name(std::string_view source) noexcept;

// Error: corrupt, with the name of the header: a mandatory one is missing, a type is unknown, a number or time does not
// parse, or a record that belongs to a run has none, or the reverse.
result<message> decode(const base::record& r);

}  // namespace streamdemo::task
