#include <boost/uuid/random_generator.hpp>
#include <boost/uuid/uuid_io.hpp>
#include <streamdemo/base/hash.hpp>
#include <streamdemo/base/id.hpp>

namespace streamdemo::base {

std::string random_id() {
  thread_local boost::uuids::random_generator generate;
  return boost::uuids::to_string(generate());
}

std::string derived_id(std::string_view space, std::string_view name) {
  sha256 h;
  h.update(space);
  h.update(std::string_view("\0", 1));
  h.update(name);
  auto hex = h.hex().substr(0, 32);
  hex[12] = '8';                                                             // version 8: custom
  hex[16] = "89ab"[std::string_view("0123456789abcdef").find(hex[16]) & 3];  // variant
  return hex.substr(0, 8) + '-' + hex.substr(8, 4) + '-' + hex.substr(12, 4) + '-' + hex.substr(16, 4) + '-' +
         hex.substr(20);
}

bool is_id(std::string_view text) noexcept {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    const bool hex = (text[i] >= '0' && text[i] <= '9') || (text[i] >= 'a' && text[i] <= 'f');
    if (dash ? text[i] != '-' : !hex) return false;
  }
  return true;
}

}  // namespace streamdemo::base
