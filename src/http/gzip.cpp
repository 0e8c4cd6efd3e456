#include <boost/beast/zlib/deflate_stream.hpp>
#include <boost/crc.hpp>
#include <streamdemo/http/gzip.hpp>

#include <cstdint>
#include <stdexcept>

namespace streamdemo::http {

namespace {

void append_little_endian(std::string& out, std::uint32_t n) {
  for (int shift = 0; shift < 32; shift += 8) out += static_cast<char>(n >> shift & 0xff);
}

}  // namespace

std::string gzip(std::string_view bytes) {
  namespace zlib = boost::beast::zlib;
  // Deflate, no flags, no time, best compression, no particular system: the same bytes on every machine.
  std::string out("\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff", 10);
  const auto head = out.size();
  zlib::deflate_stream deflate;
  deflate.reset(9, 15, 9, zlib::Strategy::normal);
  out.resize(head + deflate.upper_bound(bytes.size()));
  zlib::z_params z;
  z.next_in = bytes.data();
  z.avail_in = bytes.size();
  z.next_out = out.data() + head;
  z.avail_out = out.size() - head;
  boost::beast::error_code ec;
  deflate.write(z, zlib::Flush::finish, ec);
  if (ec != zlib::error::end_of_stream) throw std::logic_error("gzip: the room for the coded bytes was too small");
  out.resize(head + z.total_out);
  boost::crc_32_type sum;
  sum.process_bytes(bytes.data(), bytes.size());
  append_little_endian(out, sum.checksum());
  append_little_endian(out, static_cast<std::uint32_t>(bytes.size()));
  return out;
}

}  // namespace streamdemo::http
