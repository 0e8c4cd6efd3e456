#include "processor/handlers/video/sound_track.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace streamdemo::processor;

namespace {

// A packet of ADTS whose content is its number.
std::string packet(int n) {
  constexpr std::size_t size = 9;
  std::string p{'\xff', '\xf1', '\x4c', '\x80', static_cast<char>(size >> 3), static_cast<char>((size & 7) << 5 | 0x1f),
                '\xfc'};
  p += static_cast<char>(n >> 8);
  p += static_cast<char>(n & 0xff);
  return p;
}

std::string packets(int from, int to) {
  std::string all;
  for (int i = from; i < to; ++i) all += packet(i);
  return all;
}

constexpr double second = 1.0;
constexpr double one = 1024.0 / 48000;

}  // namespace

TEST_CASE("parts meet where packets do, each with the packet before its first") {
  // The first packet holds the encoder's silence and is heard before the picture.
  sound_track t(-one, 48000, 0);
  CHECK(t.add(packets(0, 120)));
  CHECK(t.reaches(2 * second));
  CHECK_FALSE(t.reaches(3 * second));
  // 1 s is 46.875 packets: the joint lies behind the 47th, which is number 47 because of the silence.
  const auto first = t.take(0, second);
  CHECK(first.bytes == packets(0, 48));
  CHECK(first.offset == doctest::Approx(-one));
  const auto next = t.take(second, 2 * second);
  CHECK(next.bytes == packets(47, 95));
  CHECK(next.offset == doctest::Approx(-one));
  // How long the rest is cannot be known before the end, whatever has come.
  CHECK_FALSE(t.finished());
  CHECK_FALSE(t.reaches(HUGE_VAL));
  t.finish();
  CHECK(t.finished());
  CHECK(t.reaches(HUGE_VAL));
  CHECK(t.end().value() == doctest::Approx(119 * one));
  CHECK(t.take(2 * second, std::nullopt).bytes == packets(94, 120));
}

TEST_CASE("the stream may come in any pieces") {
  const auto all = packets(0, 100);
  for (const std::size_t piece : {1U, 7U, 10U, 1000U}) {
    sound_track t(-one, 48000, 0);
    for (std::size_t at = 0; at < all.size(); at += piece) REQUIRE(t.add(std::string_view(all).substr(at, piece)));
    CHECK(t.take(0, second).bytes == packets(0, 48));
    CHECK(t.take(second, 2 * second).bytes == packets(47, 95));
  }
}

TEST_CASE("sound that begins before or after the picture stays where it is") {
  sound_track early(-0.5 - one, 48000, -0.5);
  CHECK(early.add(packets(0, 100)));
  CHECK(early.take(-0.5, second).offset == doctest::Approx(-one));
  sound_track late(1.5 - one, 48000, 0);
  CHECK(late.add(packets(0, 100)));
  CHECK(late.take(0, second).bytes.empty());
  const auto first = late.take(second, 2 * second);
  CHECK(first.offset == doctest::Approx(0.5 - one));
  CHECK(first.bytes == packets(0, 24));
}

TEST_CASE("a run that goes on keeps nothing of what was heard before") {
  sound_track t(-one, 48000, 1000 * second);
  for (int i = 0; i < 46875; i += 5) CHECK(t.add(packets(i, i + 5)));
  CHECK(t.add(packets(46875, 46930)));
  const auto part = t.take(1000 * second, 1001 * second);
  CHECK(part.bytes == packets(46875, 46923));
}

TEST_CASE("sound that ends before the picture leaves later clips without any; what is no ADTS is refused") {
  sound_track t(-one, 48000, 0);
  CHECK(t.add(packets(0, 30)));
  CHECK_FALSE(t.reaches(second));
  t.finish();
  CHECK(t.reaches(second));
  CHECK(t.take(0, second).bytes == packets(0, 30));
  CHECK(t.take(second, 2 * second).bytes.empty());
  sound_track none(0, 48000, 0);
  CHECK_FALSE(none.end());
  CHECK_FALSE(none.add("this is text, no sound"));
}
