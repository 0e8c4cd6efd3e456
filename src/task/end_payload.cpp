#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <streamdemo/base/json.hpp>
#include <streamdemo/task/end_payload.hpp>

namespace streamdemo::task {

std::string end_payload(status how, std::string_view why) {
  std::string out = R"({"status":")";
  out += to_string(how);
  out += R"(","error":{"message":)";
  base::append_json_string(out, why);
  out += "}}";
  return out;
}

std::optional<status> end_status(std::string_view payload) {
  boost::json::error_code ec;
  const auto value = boost::json::parse(payload, ec);
  if (ec || !value.is_object()) return std::nullopt;
  const auto* text = value.get_object().if_contains("status");
  if (text == nullptr || !text->is_string()) return std::nullopt;
  return parse_end(text->get_string());
}

}  // namespace streamdemo::task
