// What a processor offers: the slots that it has, per kind, and the request partitions that it reads. It says so in the
// payload of an `alive` record, and gateways choose the places of new tasks by it. Pure, thread-safe.
#pragma once
#include <streamdemo/task/message.hpp>

#include <map>
#include <vector>

namespace streamdemo::task {

// Free: how many tasks would begin at once. Running: how many run at the moment of saying so. (Whoever knows by the log
// how many run later can tell how many are free then, without counting a task twice whose `started` is on its way.)
struct slot_counts {
  std::uint32_t free = 0;
  std::uint32_t running = 0;
  // Of a kind, which may have slots of its own that are not free, because other kinds have taken all: how many of its
  // tasks may run at once. 0: not said.
  std::uint32_t at_once = 0;
  std::uint32_t all() const noexcept { return free + running; }
  std::uint32_t most() const noexcept { return at_once == 0 ? all() : at_once; }
  bool operator==(const slot_counts&) const = default;
};

struct offer {
  bool draining = false;  // it takes no more tasks
  slot_counts slots;      // of all kinds together
  std::map<std::string, slot_counts, std::less<>> kinds;
  std::map<std::string, std::vector<std::int32_t>, std::less<>> partitions;  // by request topic, ascending
  bool operator==(const offer&) const = default;
};

// {"draining":false,"free":3,"running":1,"kinds":{"simulate":{"free":2,"running":1,"at_once":3}},
//  "partitions":{"request":[0,1]}}
std::string offer_payload(const offer& o);

// Errors: corrupt, with the name of the member. "draining" may be missing (false), and so may "at_once", and "free" and
// "running": then they are the sums of those of the kinds. Members that are not known are ignored.
result<offer> parse_offer(std::string_view payload);

// An `alive` with an offer. One with an empty object, or without a payload, is a sign of life and nothing else.
inline bool tells_offer(const message_view& m) noexcept {
  return m.type == message_type::alive && m.payload.size() > 2;
}

}  // namespace streamdemo::task
