// What the numbers say, in words. Pure. A sentence stands only where every number in it was measured.
#pragma once
#include <string>
#include <vector>

#include "compare/report/report.hpp"

namespace streamdemo::compare {

std::vector<std::string> verdicts(const report& r);

}  // namespace streamdemo::compare
