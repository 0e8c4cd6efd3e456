#include "gateway/access/key_change.hpp"

#include <doctest/doctest.h>

#include <streamdemo/base/json.hpp>

using namespace streamdemo;
using namespace streamdemo::gateway;

namespace {

using names = std::map<std::string, std::string>;

}  // namespace

TEST_CASE("what came, what went and what is another under the same name") {
  const auto c =
      change_between("keys", names{{"a", "1"}, {"b", "2"}, {"c", "3"}}, names{{"b", "2"}, {"c", "4"}, {"d", "5"}});
  CHECK(members_of(c) == R"("act":"keys changed","issuer":"keys","keys":3,"came":["d"],"went":["a"],"changed":["c"])");
  CHECK(c.any());
  CHECK_FALSE(change_between("keys", names{{"a", "1"}}, names{{"a", "1"}}).any());
}

TEST_CASE("one line, however many keys there are and whatever they are called") {
  names many;
  for (int i = 100; i < 200; ++i) many[std::to_string(i)] = "x";
  many["0\n\"" + std::string(1000, 'n')] = "x";
  const auto text = members_of(change_between("main", {}, many));
  CHECK(base::is_json("{" + text + "}"));
  CHECK(text.find('\n') == std::string::npos);
  CHECK(text.size() < 400);
  CHECK(text.ends_with(",\"more\":81"));
}
