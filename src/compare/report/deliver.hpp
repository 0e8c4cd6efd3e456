// Writes the report to the requested outputs.
#pragma once
#include <streamdemo/compare/compare.hpp>

#include "compare/buses/bus_report.hpp"
#include "compare/report/report.hpp"

namespace streamdemo::compare {

// Writes the table to standard output (or to standard error, if the JSON goes to standard output) and the others to
// their files. False: a file could not be written, which was reported.
bool deliver(const report& r, const outputs& to);
bool deliver(const bus_report& r, const outputs& to);

// Checks whether the files can be written; call it before the measurement. Error: invalid_argument.
base::result<void> check(const outputs& to);

}  // namespace streamdemo::compare
