// Converts between bus records and messages: CloudEvents 1.0, Kafka binding, binary mode (headers ce_*). The record's
// value is the payload, unchanged. Unknown headers are ignored. Pure, thread-safe.
#pragma once
#include <streamdemo/base/record.hpp>
#include <streamdemo/task/vocabulary.hpp>

#include <concepts>

namespace streamdemo::task {

// `Text` is std::string in a message that is written, and std::string_view in one that was read: its texts are those of
// the record, and live as long.
template <class Text>
struct basic_message {
  message_type type = message_type::result;
  Text request_id;  // the record's key; empty for `alive`
  Text kind;        // ce_subject
  Text source;      // ce_source: "name/uid" of the instance
  sys_time time{};  // ce_time: when the sender made it
  Text content_type = "application/json";
  Text payload;

  std::optional<sys_time> expiry;       // submitted, accepted: mandatory, absolute
  std::optional<sys_time> accepted_at;  // submitted: log time of the task's `accepted`, if the sender has read it
  // submitted: offset in `response` of the first `accepted` of the task, if the sender knows it and the rules of the
  // task are those of fold version 1: whoever reads it may begin before it has read that record.
  std::optional<std::int64_t> accepted_offset;
  Text run;                      // ce_run; empty: the record belongs to no run
  std::int64_t runseq = 0;       // ce_runseq: `started` is 1
  std::optional<Text> replaces;  // started, verdict; present and empty: "there was no run"
  bool resume = false;           // started: continues after the last result
  Text payload_hash;             // accepted: SHA-256 of the request's payload, hex
  int fold = fold_version;       // accepted
  Text owner;                    // accepted, submitted: the task's owner (ce_authid); empty: none
  Text traceparent;
  Text tracestate;

  // As it would be read. Valid as long as this.
  operator basic_message<std::string_view>() const
    requires std::same_as<Text, std::string>
  {
    return {type,        request_id,      kind,      source, time,     content_type, payload,      expiry,
            accepted_at, accepted_offset, run,       runseq, replaces, resume,       payload_hash, fold,
            owner,       traceparent,     tracestate};
  }
};

using message = basic_message<std::string>;
using message_view = basic_message<std::string_view>;

// The record for `topic`/`partition`, with a new, unique ce_id.
base::record encode(message m, std::string topic, std::int32_t partition);

// The name of the instance: the part of its source before the first '/'.
std::string_view instance_name(std::string_view source) noexcept;

// Error: corrupt, with the name of the header: a mandatory one is missing, a type is unknown, a number or time does not
// parse, or a record that belongs to a run has none, or the reverse.
// The texts of the message are those of the record.
result<message_view> decode(const base::record& r);
result<message_view> decode(base::record&& r) = delete;

}  // namespace streamdemo::task
