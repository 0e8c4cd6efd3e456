#include "compare/report/client_files.hpp"

#include <doctest/doctest.h>

using namespace streamdemo::compare;

TEST_CASE("lines that do something are counted") {
  CHECK(count_lines("// comment\n\nlet a;\n  // another\n  a = 1; // one\n") == 2);
  CHECK(count_lines("last") == 1);
  CHECK(count_lines("") == 0);
}

TEST_CASE("every transport has a client, the zero has none") {
  for (const auto& t : all_transports()) {
    CAPTURE(t.name);
    const auto* client = client_for(t.method);
    CHECK((client == nullptr) == (t.method == method::nobody));
    if (client != nullptr) CHECK(client->bytes.find("export") != std::string_view::npos);
  }
}
