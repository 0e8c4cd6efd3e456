// Reads the members of a JSON payload; its errors say what is expected. Unknown members are ignored. Pure.
#pragma once
#include <boost/json/object.hpp>
#include <streamdemo/base/error.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace streamdemo::processor {

// An empty payload counts as an empty object. Error: invalid_argument.
base::result<boost::json::object> parse_object(std::string_view payload);

// The member, or `otherwise` if it is absent or null. Error: invalid_argument, with the member and its range.
base::result<std::int64_t> integer_member(const boost::json::object& o, std::string_view name, std::int64_t otherwise,
                                          std::int64_t low, std::int64_t high);
base::result<double> number_member(const boost::json::object& o, std::string_view name, double otherwise, double low,
                                   double high);
base::result<bool> truth_member(const boost::json::object& o, std::string_view name, bool otherwise);
base::result<std::string> text_member(const boost::json::object& o, std::string_view name, std::string_view otherwise);

}  // namespace streamdemo::processor
