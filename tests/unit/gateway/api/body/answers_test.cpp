#include "gateway/api/body/answers.hpp"

#include <doctest/doctest.h>

using namespace streamdemo::gateway;

namespace {

std::string fraction(double f) {
  std::string out;
  append_fraction(out, f);
  return out;
}

}  // namespace

TEST_CASE("a fraction stands with at most six digits, and not at all when there is none") {
  CHECK(fraction(-1).empty());
  CHECK(fraction(0) == ",\"fraction\":0");
  CHECK(fraction(1) == ",\"fraction\":1");
  CHECK(fraction(0.25) == ",\"fraction\":0.25");
  CHECK(fraction(1.0 / 3) == ",\"fraction\":0.333333");
  CHECK(fraction(0.000001) == ",\"fraction\":0.000001");
  CHECK(fraction(0.9999999) == ",\"fraction\":1");
}
