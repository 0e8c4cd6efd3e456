#include <boost/uuid/random_generator.hpp>
#include <boost/uuid/uuid_io.hpp>
#include <streamdemo/base/hash.hpp>
#include <streamdemo/base/id.hpp>

namespace streamdemo::base {

namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";

// 32 hex digits as a UUID of version 8, which RFC 9562 leaves to applications.
std::string marked(std::string hex) {
  hex[12] = '8';                                   // version 8: custom
  hex[16] = "89ab"[hex_digits.find(hex[16]) & 3];  // variant
  return hex.substr(0, 8) + '-' + hex.substr(8, 4) + '-' + hex.substr(12, 4) + '-' + hex.substr(16, 4) + '-' +
         hex.substr(20);
}

}  // namespace

std::string random_id() {
  thread_local boost::uuids::random_generator generate;
  return boost::uuids::to_string(generate());
}

std::string derived_id(std::string_view space, std::string_view name) {
  sha256 h;
  h.update(space);
  h.update(std::string_view("\0", 1));
  h.update(name);
  return marked(h.hex().substr(0, 32));
}

std::string id_of_digest(std::string_view digest) {
  std::string hex;
  for (const char c : digest.substr(0, 16)) {
    hex += hex_digits[static_cast<unsigned char>(c) >> 4];
    hex += hex_digits[static_cast<unsigned char>(c) & 15];
  }
  return marked(std::move(hex));
}

bool is_id(std::string_view text) noexcept {
  constexpr std::string_view shape = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  if (text.size() != shape.size()) return false;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const char c = text[i];
    const bool fits = shape[i] == '-' ? c == '-' : (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    if (!fits) return false;
  }
  return true;
}

}  // namespace streamdemo::base
