#include "http/input_buffer.hpp"

#include <doctest/doctest.h>

#include <random>

using streamdemo::http::input_buffer;

TEST_CASE("an input buffer gives back what was put in, in order, however it is taken") {
  std::mt19937 random(3);
  input_buffer b;
  std::string in;
  std::string out;
  for (int i = 0; i < 5000; ++i) {
    std::string piece(random() % 300, static_cast<char>('a' + i % 26));
    b.append(piece);
    in += piece;
    const auto n = random() % (b.size() + 1);
    out += b.view().substr(0, n);
    b.consume(n);
    REQUIRE(b.size() == in.size() - out.size());
  }
  out += b.take();
  CHECK(out == in);
  CHECK(b.empty());
}

TEST_CASE("an input buffer that is empty again holds no memory worth naming") {
  input_buffer b;
  b.append(std::string(65536, 'x'));
  b.consume(65536);
  CHECK(b.capacity() <= 512);
  b.append(std::string(65536, 'x'));
  CHECK(b.take().size() == 65536);
  CHECK(b.capacity() <= 512);
}
