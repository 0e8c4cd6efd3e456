// The bytes that a record may take on the wire in addition to its value: key, headers (those of a dead letter included)
// and the protocol's overhead for a batch of one record. Pure.
#pragma once
#include <cstddef>

namespace streamdemo::bus::kafka {

inline constexpr std::size_t record_room = 65536;

constexpr std::size_t bytes_on_wire(std::size_t max_record_bytes) noexcept {
  return max_record_bytes + record_room;
}

}  // namespace streamdemo::bus::kafka
