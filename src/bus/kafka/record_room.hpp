// What a record may take on the wire beside its value: its key, its headers with those of a dead letter, and what the
// protocol puts around a batch of one. Pure.
#pragma once
#include <cstddef>

namespace streamdemo::bus::kafka {

inline constexpr std::size_t record_room = 65536;

constexpr std::size_t bytes_on_wire(std::size_t max_record_bytes) noexcept {
  return max_record_bytes + record_room;
}

}  // namespace streamdemo::bus::kafka
