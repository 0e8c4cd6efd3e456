// The report as text for a terminal. Pure.
#pragma once
#include "compare/report/report.hpp"
#include "compare/report/table.hpp"

namespace streamdemo::compare {

std::string text_report(const report& r);

// Its tables: what the user notices (delays), and what it costs.
table_rows felt_table(const section& s);
table_rows cost_table(const section& s);

// The sentences under every report: what each number means and how it was measured.
std::vector<std::string> how_measured(const report& r);
// The line that says whether the machine was quiet.
std::string calibration_line(const calibration& c);
// The end of both reports: how quiet the machine was, which one it was, and what is missing.
std::string closing_lines(const calibration& c, const machine& m, const std::vector<std::string>& problems);

}  // namespace streamdemo::compare
