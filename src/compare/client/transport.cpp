#include "compare/client/transport.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace streamdemo::compare {

const std::vector<transport>& all_transports() {
  static const std::vector<transport> all{
      {"nobody", "nobody listens", method::nobody},
      {"classic", "classic poll, 1 s", method::classic, std::chrono::milliseconds(1000)},
      {"poll-5s", "poll, 5 s", method::poll, std::chrono::milliseconds(5000)},
      {"poll-1s", "poll, 1 s", method::poll, std::chrono::milliseconds(1000)},
      {"poll-100ms", "poll, 100 ms", method::poll, std::chrono::milliseconds(100)},
      {"poll-1s-new", "poll, 1 s, new connections", method::poll, std::chrono::milliseconds(1000), false},
      {"poll-100ms-new", "poll, 100 ms, new connections", method::poll, std::chrono::milliseconds(100), false},
      {"long-poll", "long poll", method::long_poll},
      {"sse", "SSE", method::sse},
      {"json-lines", "JSON lines", method::json_lines},
      {"websocket", "WebSocket", method::websocket},
  };
  return all;
}

base::result<std::vector<transport>> choose_transports(std::string_view names) {
  const auto& all = all_transports();
  if (names.empty()) return all;
  std::vector<transport> chosen{all.front()};
  while (!names.empty()) {
    const auto comma = names.find(',');
    const auto name = names.substr(0, comma);
    names.remove_prefix(comma == std::string_view::npos ? names.size() : comma + 1);
    const auto at = std::find_if(all.begin(), all.end(), [&](const transport& t) { return t.name == name; });
    if (at == all.end()) {
      std::string known;
      for (const auto& t : all) known += (known.empty() ? "" : ", ") + t.name;
      return base::error{base::errc::invalid_argument,
                         fmt::format("there is no transport '{}'; there are: {}", name, known)};
    }
    if (at != all.begin()) chosen.push_back(*at);
  }
  return chosen;
}

}  // namespace streamdemo::compare
