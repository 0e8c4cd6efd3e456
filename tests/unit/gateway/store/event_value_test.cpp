#include "gateway/history/store/event_value.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace streamdemo::gateway;

namespace {

std::string random_text(std::size_t bytes) {
  std::minstd_rand random(7);
  std::string text(bytes, '\0');
  for (auto& c : text) c = static_cast<char>(random() >> 8);
  text[0] = 'i';
  return text;
}

}  // namespace

TEST_CASE("each text comes back, and only what is large and shrinks is stored otherwise") {
  std::string room;
  const std::string small(4000, 'x'), large(70'000, 'x'), random = random_text(70'000);
  for (const auto& text : {std::string(), small, large, random, random_text(4096), large + random}) {
    const auto value = value_of_text(text, room);
    CHECK(text_of_value(value) == text);
    CHECK(value.size() <= text.size());
  }
  CHECK(value_of_text(small, room) == small);
  CHECK(value_of_text(random, room) == random);
  CHECK(value_of_text(large, room).size() < 1000);
}

TEST_CASE("whatever is damaged, at most a wrong text of the right size comes back, and no memory is taken for it") {
  std::string room;
  const auto text = std::string(70'000, 'x') + random_text(2000);
  const std::string value(value_of_text(text, room));
  for (std::size_t n = 0; n < value.size(); n += n < 16 ? 1 : 97) {
    if (n > 0) CHECK_FALSE(text_of_value(value.substr(0, n)));
    auto damaged = value;
    damaged[n] = static_cast<char>(damaged[n] ^ 0x40);
    const auto found = text_of_value(damaged);
    if (n > 4 && found) CHECK(found->size() == text.size());
  }
  CHECK_FALSE(text_of_value(std::string("\x01\xff\xff\xff\x7f", 5) + value));
}
