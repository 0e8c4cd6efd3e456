// Says in sentences what the numbers mean. Pure. A sentence appears only if every number in it was measured.
#pragma once
#include <string>
#include <vector>

#include "compare/report/report.hpp"

namespace streamdemo::compare {

std::vector<std::string> verdicts(const report& r);

}  // namespace streamdemo::compare
