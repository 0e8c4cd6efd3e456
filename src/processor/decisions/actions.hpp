// The actions that decisions asks for. Plain data. The caller of take_actions() performs them at once and in this
// order.
#pragma once
#include <streamdemo/bus/bus.hpp>
#include <streamdemo/task/message.hpp>

#include <variant>

namespace streamdemo::processor {

using base::sys_time;

// Names one run of this process.
struct run_key {
  std::int32_t partition = 0;
  std::string task;
  std::string run;
};

// Ask for the end of this `response` partition and answer with on_end() and the same token. Repeat until it is known.
struct ask_end {
  std::int32_t partition;
  std::uint64_t token;
};
// Read this `response` partition from that log time on (again, if it is read already).
struct follow {
  std::int32_t partition;
  sys_time from;
};
struct unfollow {
  std::int32_t partition;
};
// Publish on `response`, without a deadline. `source` and `time` are set when it is published. For `started` answer
// with on_started_published(), for `alive` with on_alive_published(), or on_offer_published() if it tells an offer.
struct publish {
  std::int32_t partition;
  task::message message;
};
// How a run came to its end, for on_finished().
enum class run_end {
  ended,       // an `ended` of it was handed to the bus
  given_back,  // this process lacked the resources for it: a `released` was handed to the bus
  stopped,     // stopped by an action
};
// Call the handler. Answer with on_finished() once it has returned.
struct begin_run {
  run_key key;
  std::string kind;
  std::string content_type;
  base::record_ptr request;  // its value is the payload
  std::string traceparent;
  std::string tracestate;
  sys_time expiry;
  // No run of this task can have been lost before, so its `started` may be sent together with the first records of the
  // handler.
  bool is_first_run = false;
  bool was_begun_before = false;  // the log has an earlier run of this task
  std::int64_t results_before = 0;
  std::string last_result;
};
enum class stop_reason {
  over,      // the task has ended or another run is current: nothing more is published
  expired,   // publish the run's `ended` (expired)
  released,  // publish `released` as the run's last record
};
struct stop_run {
  run_key key;
  stop_reason why;
};
// Publish the request on the dead-letter topic, without a deadline, and answer with on_dead_lettered().
struct dead_letter {
  std::uint64_t token;
  base::record_ptr request;  // without its payload if that is not here
  std::string reason;
  std::int64_t deliveries = 1;  // how many runs it had, but at least 1
};
struct complete {
  bus::delivery delivery;
};
// Tell the bus that so many bytes of this record are held here now.
struct recount {
  bus::delivery delivery;
  std::size_t bytes;
};
// Read this request again, which is here without its payload, and answer with on_payload().
struct read_payload {
  std::int32_t partition;
  std::string task;
  base::record_ptr request;
};

// There is a request for a task that was accepted under newer rules than this program knows: leave the group for good,
// then call drain(). Asked for at most once. The rest of the group takes over the request.
struct outdated {
  std::string task;
  int fold;
};

using action = std::variant<ask_end, follow, unfollow, publish, begin_run, stop_run, dead_letter, complete, recount,
                            read_payload, outdated>;

}  // namespace streamdemo::processor
