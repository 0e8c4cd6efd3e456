// Holds the schemas of the public test suite against its texts: json_schema_judge FILE..., each a file of the suite.
// Prints what was judged otherwise than the suite says, how many of its groups use what is not known here, by keyword,
// and the sum.
#include <fmt/format.h>
#include <streamdemo/base/json_schema.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <fstream>
#include <map>
#include <sstream>

namespace {

namespace json = boost::json;
using streamdemo::base::json_schema;

struct sums {
  int right = 0;
  int wrong = 0;
  std::map<std::string, int> not_known;  // groups by the end of the pointer that the refusal names
};

json::value read(const char* path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  // The suite's numbers must reach the schema as they are written, as far as a double can carry them.
  return json::parse(text.str());
}

std::string_view text_of(const json::value& v) {
  return v.as_string();
}

void judge_group(std::string_view file, const json::object& group, sums& s) {
  const auto schema = json_schema::parse(json::serialize(group.at("schema")));
  if (!schema) {
    const auto pointer = schema.error().message.substr(0, schema.error().message.find(' '));
    ++s.not_known[pointer.substr(pointer.rfind('/') + 1)];
    return;
  }
  for (const auto& one : group.at("tests").as_array()) {
    const auto& test = one.as_object();
    const auto violation = schema->check(json::serialize(test.at("data")));
    if (test.at("valid").as_bool() == !violation) {
      ++s.right;
      continue;
    }
    ++s.wrong;
    fmt::print("{}: {}: {}: {}\n", file, text_of(group.at("description")), text_of(test.at("description")),
               violation ? to_sentence(*violation) : "was taken");
  }
}

}  // namespace

int main(int count, char** files) try {
  sums s;
  for (int i = 1; i < count; ++i) {
    const auto groups = read(files[i]);
    for (const auto& group : groups.as_array()) judge_group(files[i], group.as_object(), s);
  }
  for (const auto& [keyword, groups] : s.not_known) fmt::print("not known: {} in {} groups\n", keyword, groups);
  fmt::print("{} passed, {} failed, 0 skipped\n", s.right, s.wrong);
  return s.wrong == 0 && s.right > 0 ? 0 : 1;
} catch (const std::exception& e) {
  fmt::print("{}\n", e.what());
  return 1;
}
