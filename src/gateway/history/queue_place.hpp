// Where a task stands that waits for a processor, as far as one gateway can tell. A value.
#pragma once
#include <streamdemo/base/clock.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace streamdemo::gateway {

// The slots for tasks of one kind, at all processors that say what they offer.
struct kind_slots {
  std::uint32_t free = 0;
  std::uint32_t all = 0;
  bool operator==(const kind_slots&) const = default;
};

struct queue_place {
  // Changes with each place that a task is told, so that a stream knows which one it has sent: 1 to 7, and again.
  std::uint8_t version = 0;
  // Tasks of its kind that the same processor reads and that were there before it. (Where no processor is known: that
  // are in its partition.) Owners take turns, so not all of them need begin first.
  std::uint32_t ahead = 0;
  std::optional<kind_slots> slots;         // nullopt: no processor says what it offers
  std::optional<base::sys_time> expected;  // when it may begin, by the log's clock; nullopt: there is nothing to go by
};

struct queued_task {
  std::string request_id;
  queue_place place;
};

}  // namespace streamdemo::gateway
