#include <doctest/doctest.h>

#include <streamdemo/base/transfer.hpp>

using namespace streamdemo::base;

TEST_CASE("addresses of this machine are known") {
  for (const auto* here : {"http://localhost:4318/v1/traces", "http://LOCALHOST", "https://u:p@127.0.0.1:1/@",
                           "http://127.9.9.9", "http://[::1]:4318/v1/traces", "http://[::1]"}) {
    CHECK_MESSAGE(is_on_this_machine(here), here);
  }
  for (const auto* elsewhere : {"http://collector:4318", "http://localhost.example", "http://10.0.0.1",
                                "http://127.0.0.1@10.0.0.1", "http://[2001:db8::1]:4318", "", "http://"}) {
    CHECK_MESSAGE(!is_on_this_machine(elsewhere), elsewhere);
  }
}
