// The pictures of the report on transports. Pure; each function returns HTML, or an empty text if there is nothing to
// show.
#pragma once
#include <string>

#include "compare/report/report.hpp"

namespace streamdemo::compare::html {

// One lane per transport: when results were made, and when the client had them.
std::string timeline(const section& s);
// How long results took to arrive, on a logarithmic axis.
std::string delays(const section& s);
// Requests (empty ones separately) and bytes (sent and received).
std::string request_bars(const section& s);
std::string byte_bars(const section& s);
std::string cpu_bars(const section& s);
std::string memory_bars(const report& r);

// One bar per row; an empty text if all are 0. Leave out rows that were not measured.
struct bar_row {
  std::string label, css, note;
  double front = 0, back = 0;  // the two parts of the bar, one after the other
};
std::string bars(const std::vector<bar_row>& rows, const std::string& front_css, const std::string& back_css);

// The CSS class of a transport's colour.
std::string colour(const transport& t);

}  // namespace streamdemo::compare::html
