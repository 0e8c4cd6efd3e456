// The report as JSON. Pure.
#pragma once
#include "compare/report/report.hpp"

namespace streamdemo::compare {

std::string json_report(const report& r);

}  // namespace streamdemo::compare
