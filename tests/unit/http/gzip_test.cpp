#include <doctest/doctest.h>
#include <boost/beast/zlib/inflate_stream.hpp>
#include <streamdemo/http/gzip.hpp>

#include <cstdint>

using streamdemo::http::gzip;

namespace {

// The deflated part between the head and the trailer, whose contents RFC 1952 fixes.
std::string unpacked(const std::string& packed, std::size_t size) {
  namespace zlib = boost::beast::zlib;
  std::string out(size, '\0');
  zlib::inflate_stream inflate;
  zlib::z_params z;
  z.next_in = packed.data() + 10;
  z.avail_in = packed.size() - 18;
  z.next_out = out.data();
  z.avail_out = out.size();
  boost::beast::error_code ec;
  inflate.write(z, zlib::Flush::finish, ec);
  CHECK(ec == zlib::error::end_of_stream);
  CHECK(z.avail_in == 0);
  out.resize(z.total_out);
  return out;
}

}  // namespace

TEST_CASE("what is packed is smaller, and unpacks to the same") {
  std::string text;
  for (int i = 0; i < 20000; ++i) text += "line " + std::to_string(i * i) + '\n';
  const auto packed = gzip(text);
  CHECK(packed.size() < text.size() / 2);
  CHECK(unpacked(packed, text.size() + 1) == text);
}

TEST_CASE("what cannot become smaller is packed all the same") {
  std::string noise;
  std::uint32_t n = 1;
  for (int i = 0; i < 100000; ++i) noise += static_cast<char>((n = n * 1664525U + 1013904223U) >> 24);
  CHECK(unpacked(gzip(noise), noise.size() + 1) == noise);
  CHECK(unpacked(gzip(""), 1).empty());
}

TEST_CASE("head and trailer are those of gzip, without a time") {
  const auto packed = gzip("123456789");
  CHECK(packed.substr(0, 10) == std::string("\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff", 10));
  // 0xcbf43926 is what every CRC-32 gives for these digits.
  CHECK(packed.substr(packed.size() - 8) == std::string("\x26\x39\xf4\xcb\x09\x00\x00\x00", 8));
}
