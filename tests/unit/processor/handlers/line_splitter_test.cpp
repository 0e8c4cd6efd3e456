#include "processor/handlers/line_splitter.hpp"

#include <doctest/doctest.h>

#include <vector>

using streamdemo::processor::line_splitter;

namespace {

// Hands `text` over in pieces of `step` bytes.
std::vector<std::string> split(std::string_view text, std::size_t step, line_splitter& s) {
  std::vector<std::string> lines;
  const auto take_all = [&] {
    while (auto l = s.next()) lines.push_back(*l);
  };
  for (std::size_t i = 0; i < text.size(); i += step) {
    s.add(text.substr(i, step));
    take_all();
  }
  s.finish();
  take_all();
  return lines;
}

}  // namespace

TEST_CASE("lines are the same however the bytes were cut") {
  const std::string text = "a\n\nbb\r\nc\rd\r\n\r\nlast";
  const std::vector<std::string> expected{"a", "", "bb", "c\rd", "", "last"};
  for (std::size_t step = 1; step <= text.size(); ++step) {
    CAPTURE(step);
    line_splitter s(10, line_splitter::overlong::refuse);
    CHECK(split(text, step, s) == expected);
  }
}

TEST_CASE("nothing is made of an end without a line") {
  line_splitter s(10, line_splitter::overlong::refuse);
  CHECK(split("", 1, s).empty());
  line_splitter t(10, line_splitter::overlong::refuse);
  CHECK(split("x\n", 1, t).size() == 1);
}

TEST_CASE("a line of exactly the limit passes and one byte more is refused, before its end is seen") {
  for (std::size_t step = 1; step <= 6; ++step) {
    CAPTURE(step);
    line_splitter fits(4, line_splitter::overlong::refuse);
    CHECK(split("1234\r\n1234", step, fits) == std::vector<std::string>{"1234", "1234"});
    CHECK_FALSE(fits.refused());
    line_splitter over(4, line_splitter::overlong::refuse);
    CHECK(split("ok\n12345", step, over) == std::vector<std::string>{"ok"});
    CHECK(over.refused());
  }
}

TEST_CASE("a log line over the limit comes in pieces") {
  for (std::size_t step = 1; step <= 10; ++step) {
    CAPTURE(step);
    line_splitter s(4, line_splitter::overlong::cut);
    CHECK(split("123456789\nx\n", step, s) == std::vector<std::string>{"1234", "5678", "9", "x"});
    CHECK_FALSE(s.refused());
  }
}
