// The pictures of the report on transports. Pure; each gives HTML, or nothing when it has nothing to show.
#pragma once
#include <string>

#include "compare/report/report.hpp"

namespace streamdemo::compare::html {

// A lane a transport: when results came to exist and when the client had them.
std::string timeline(const section& s);
// How long results took to arrive, on a logarithmic axis.
std::string delays(const section& s);
// Requests (empty ones apart) and bytes (sent and received).
std::string request_bars(const section& s);
std::string byte_bars(const section& s);
std::string cpu_bars(const section& s);
std::string memory_bars(const report& r);

// A bar for each row; nothing when all are 0. What was not measured is no row.
struct bar_row {
  std::string label, css, note;
  double front = 0, back = 0;  // two parts, one behind the other
};
std::string bars(const std::vector<bar_row>& rows, const std::string& front_css, const std::string& back_css);

// The class of a transport's colour.
std::string colour(const transport& t);

}  // namespace streamdemo::compare::html
