// The JSON of the parts that both reports have. Pure.
#pragma once
#include <boost/json/value.hpp>

#include "compare/report/report.hpp"

namespace streamdemo::compare {

boost::json::value to_json(const std::optional<double>& v);
boost::json::value to_json(const std::optional<summary>& s);
boost::json::value to_json(const machine& m);
boost::json::value to_json(const calibration& c);
boost::json::array numbers(const std::vector<double>& values);
boost::json::array texts(const std::vector<std::string>& values);

}  // namespace streamdemo::compare
