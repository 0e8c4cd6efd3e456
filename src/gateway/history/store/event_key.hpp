// The keys of the store: bytes whose order is that of acceptance, then id, then seq. Pure.
#pragma once
#include <streamdemo/base/clock.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace streamdemo::gateway {

// Before the key of a note; after all events.
inline constexpr char note_mark = '\xff';

inline void append_big_endian(std::string& out, std::uint64_t n) {
  for (int shift = 56; shift >= 0; shift -= 8) out += static_cast<char>(n >> shift & 0xff);
}

// Before the names of all histories that were accepted at `at` or later, and after all earlier ones.
inline std::string key_of_time(base::sys_time at) {
  std::string out;
  append_big_endian(out, static_cast<std::uint64_t>(at.time_since_epoch().count()));
  return out;
}

// `name`: event_store::name_of(). Ids differ in length, so a 0 byte ends them; no id contains one.
inline std::string key_of_event(std::string_view name, std::int64_t seq) {
  std::string out;
  out.reserve(name.size() + 8);
  out += name;
  append_big_endian(out, static_cast<std::uint64_t>(seq));
  return out;
}

}  // namespace streamdemo::gateway
