// Each report as one HTML page. Pure.
#pragma once
#include "compare/buses/bus_report.hpp"
#include "compare/report/report.hpp"

namespace streamdemo::compare {

std::string html_report(const report& r);
std::string html_report(const bus_report& r);

}  // namespace streamdemo::compare
