// The rule that holds for any input of the WebSocket parser; the unit suite and the fuzz target both hold it to this.
#pragma once
#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "unit/http/websocket/client_frames.hpp"

namespace streamdemo::http::websocket {

inline std::vector<std::size_t> random_cuts(std::size_t size, std::mt19937& random) {
  std::vector<std::size_t> cuts(random() % 8);
  for (std::size_t& c : cuts) c = random() % (size + 1);
  std::sort(cuts.begin(), cuts.end());
  return cuts;
}

// Empty: all is well. Otherwise what is not.
inline std::string find_fault(const std::string& bytes, std::uint64_t limit, std::mt19937& random) {
  const outcomes whole = read_in_parts(bytes, {}, limit);
  if (read_in_parts(bytes, random_cuts(bytes.size(), random), limit) != whole) return "cut input is read differently";
  for (std::size_t i = 0; i < whole.size(); ++i) {
    const std::string& o = whole[i];
    const bool last = o.starts_with("close:") || o.starts_with("failed:");
    if (last && i + 1 != whole.size()) return "something came after the last step";
    if (o.starts_with("text:") && o.size() - 5 > limit) return "a message is over the limit";
    if ((o.starts_with("ping:") || o.starts_with("pong:")) && o.size() - 5 > max_control_bytes)
      return "a long control frame";
  }
  return {};
}

}  // namespace streamdemo::http::websocket
