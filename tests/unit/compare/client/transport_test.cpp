#include "compare/client/transport.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace streamdemo::compare;

TEST_CASE("all transports have names of their own, and the first is the zero") {
  std::set<std::string> names;
  for (const auto& t : all_transports()) names.insert(t.name);
  CHECK(names.size() == all_transports().size());
  CHECK(all_transports().front().method == method::nobody);
}

TEST_CASE("chosen are the named ones, in the order named, and always the zero") {
  const auto chosen = choose_transports("sse,poll-1s");
  REQUIRE(chosen.has_value());
  REQUIRE(chosen->size() == 3);
  CHECK((*chosen)[0].method == method::nobody);
  CHECK((*chosen)[1].method == method::sse);
  CHECK((*chosen)[2].interval == std::chrono::seconds(1));
  CHECK(choose_transports("")->size() == all_transports().size());
}

TEST_CASE("an unknown name is refused together with those that exist") {
  const auto chosen = choose_transports("sse,pigeon");
  REQUIRE_FALSE(chosen.has_value());
  CHECK(chosen.error().message.find("pigeon") != std::string::npos);
  CHECK(chosen.error().message.find("websocket") != std::string::npos);
}
