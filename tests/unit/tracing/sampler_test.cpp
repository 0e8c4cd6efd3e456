#include "tracing/sampler.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace streamdemo::tracing;

namespace {

options with(sampling root, double ratio = 1, bool follows_parent = true) {
  options o;
  o.root = root;
  o.ratio = ratio;
  o.follows_parent = follows_parent;
  return o;
}

trace_id id_of(std::mt19937_64& random) {
  trace_id t;
  for (auto& b : t) b = static_cast<std::uint8_t>(random());
  return t;
}

}  // namespace

TEST_CASE("traces that begin here are recorded in the given part") {
  std::mt19937_64 random(1);
  const sampler tenth(with(sampling::by_ratio, 0.1));
  int n = 0;
  for (int i = 0; i < 10'000; ++i) n += tenth.samples(id_of(random), nullptr) ? 1 : 0;
  CHECK(n > 900);
  CHECK(n < 1100);
  trace_id last;
  last.fill(0xff);
  CHECK(sampler(with(sampling::always)).samples(last, nullptr));
  CHECK(sampler(with(sampling::by_ratio, 1)).samples(last, nullptr));
  CHECK(!sampler(with(sampling::never)).samples(trace_id{}, nullptr));
  CHECK(!sampler(with(sampling::by_ratio, 0)).samples(trace_id{}, nullptr));
}

TEST_CASE("the same trace is judged by its right half, as the SDKs do") {
  trace_id t{};
  t[0] = 0xff;
  CHECK(sampler(with(sampling::by_ratio, 0.01)).samples(t, nullptr));
  t[8] = 0xff;
  CHECK(!sampler(with(sampling::by_ratio, 0.99)).samples(t, nullptr));
}

TEST_CASE("a caller's decision counts, if it is to be followed") {
  trace_context yes, no;
  yes.flags = trace_context::sampled_flag;
  CHECK(sampler(with(sampling::never)).samples(yes.trace, &yes));
  CHECK(!sampler(with(sampling::always)).samples(no.trace, &no));
  CHECK(!sampler(with(sampling::never, 1, false)).samples(yes.trace, &yes));
  CHECK(sampler(with(sampling::always, 1, false)).samples(no.trace, &no));
}
