// Hands the report to where it was asked for.
#pragma once
#include <streamdemo/compare/compare.hpp>

#include "compare/buses/bus_report.hpp"
#include "compare/report/report.hpp"

namespace streamdemo::compare {

// The table to standard output (to standard error when the JSON goes to standard output), the others to their files.
// False: a file could not be written; that was said.
bool deliver(const report& r, const outputs& to);
bool deliver(const bus_report& r, const outputs& to);

// Whether the files can be written: asked before anything is measured. Error: invalid_argument.
base::result<void> check(const outputs& to);

}  // namespace streamdemo::compare
