#include "artifacts/s3/first_sight.hpp"

#include <doctest/doctest.h>

using namespace streamdemo;
using artifacts::input;
using artifacts::s3::first_sight;

namespace {

base::sys_time at(int seconds) {
  return base::sys_time(std::chrono::seconds(seconds));
}

std::vector<input> uploads(const std::vector<std::string>& names) {
  std::vector<input> all;
  for (const auto& n : names) all.push_back({"task", n, at(0), 1});
  return all;
}

}  // namespace

TEST_CASE("an upload is there since it was first seen, or committed here") {
  first_sight seen;
  seen.committed("task/ours", at(5));
  auto found = uploads({"ours", "theirs"});
  seen.date(found, at(10), at(11));
  CHECK(found[0].since == at(5));
  CHECK(found[1].since == at(11));
  seen.date(found, at(20), at(21));
  CHECK(found[0].since == at(5));
  CHECK(found[1].since == at(11));
}

TEST_CASE("what was committed while a listing was under way is remembered, what has gone is not") {
  first_sight seen;
  seen.committed("task/gone", at(5));
  seen.committed("task/new", at(10));
  auto nothing = uploads({});
  seen.date(nothing, at(10), at(12));
  auto found = uploads({"new", "gone"});
  seen.date(found, at(20), at(21));
  CHECK(found[0].since == at(10));
  CHECK(found[1].since == at(21));
}
