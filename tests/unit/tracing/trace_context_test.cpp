#include <doctest/doctest.h>

#include <streamdemo/tracing/trace_context.hpp>

using namespace streamdemo::tracing;

namespace {

constexpr std::string_view good = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

}  // namespace

TEST_CASE("a traceparent is read and written as it was") {
  const auto c = parse_traceparent(good);
  REQUIRE(c);
  CHECK(c->trace[0] == 0x0a);
  CHECK(c->trace[15] == 0x9c);
  CHECK(c->span[0] == 0xb7);
  CHECK(c->sampled());
  CHECK(format(*c) == good);
  const auto unsampled = parse_traceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00");
  REQUIRE(unsampled);
  CHECK(!unsampled->sampled());
}

TEST_CASE("flags that are not known are dropped") {
  const auto c = parse_traceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-ff");
  REQUIRE(c);
  CHECK(format(*c).ends_with("-03"));
}

TEST_CASE("a later version is read as far as it is known") {
  CHECK(parse_traceparent("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));
  CHECK(parse_traceparent("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what-will-come"));
  CHECK(!parse_traceparent("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01.what"));
}

TEST_CASE("what is no traceparent gives none") {
  const std::array<std::string_view, 11> bad{"",
                                             "00",
                                             "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                                             "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
                                             "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                                             "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                                             "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0",
                                             "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0x",
                                             "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
                                             "00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                                             "0z-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"};
  for (const auto b : bad) CHECK_MESSAGE(!parse_traceparent(b), b);
}

TEST_CASE("only digits and small letters up to f are read, wherever they stand") {
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string text(good);
      text[at] = static_cast<char>(byte);
      const bool is_hex = (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'f');
      const bool is_good = good[at] == '-' ? byte == '-' : is_hex;
      const auto c = parse_traceparent(text);
      CHECK_MESSAGE(c.has_value() == is_good, text);
      // What a later version means is not known, and neither are most flags.
      if (c && at > 2 && at < 53) CHECK(format(*c) == text);
    }
  }
}

TEST_CASE("that a trace is not recorded is seen at the last digit") {
  for (const char c : std::string_view("0123456789abcdef")) {
    const std::string text = std::string(good.substr(0, good.size() - 1)) + c;
    CHECK_MESSAGE(is_unsampled(text) == !parse_traceparent(text)->sampled(), text);
  }
  CHECK(!is_unsampled(""));
  CHECK(!is_unsampled("00"));
}
