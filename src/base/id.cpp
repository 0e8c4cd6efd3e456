#include <sys/random.h>

#include <array>
#include <boost/uuid/random_generator.hpp>
#include <boost/uuid/uuid_io.hpp>
#include <streamdemo/base/hash.hpp>
#include <streamdemo/base/id.hpp>

#include <cerrno>
#include <limits>
#include <system_error>
#include <utility>

namespace streamdemo::base {

namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";

// The system's random numbers, enough for sixteen ids with each call of it: six ids are made for every task.
class random_numbers {
 public:
  using result_type = std::uint64_t;
  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return std::numeric_limits<result_type>::max(); }

  result_type operator()() {
    if (next_ == all_.size()) fill();
    return std::exchange(all_[next_++], 0);  // nobody reads from this process what an id was made of
  }

 private:
  // Up to 256 bytes at once come whole, once the system has started (getrandom(2)).
  void fill() {
    if (getrandom(all_.data(), sizeof all_, 0) != static_cast<ssize_t>(sizeof all_))
      throw std::system_error(errno, std::generic_category(), "getrandom");
    next_ = 0;
  }

  std::array<result_type, 32> all_{};
  std::size_t next_ = all_.size();
};

// 32 hex digits as a UUID of version 8, which RFC 9562 leaves to applications.
std::string marked(std::string hex) {
  hex[12] = '8';                                   // version 8: custom
  hex[16] = "89ab"[hex_digits.find(hex[16]) & 3];  // variant
  return hex.substr(0, 8) + '-' + hex.substr(8, 4) + '-' + hex.substr(12, 4) + '-' + hex.substr(16, 4) + '-' +
         hex.substr(20);
}

}  // namespace

std::string random_id() {
  thread_local random_numbers numbers;
  thread_local boost::uuids::basic_random_generator<random_numbers> generate(numbers);
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

std::optional<id_bytes> bytes_of_id(std::string_view text) noexcept {
  if (!is_id(text)) return std::nullopt;
  const auto digit = [](char c) { return static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10); };
  id_bytes bytes{};
  std::size_t i = 0;
  for (auto& b : bytes) {
    if (text[i] == '-') ++i;
    b = static_cast<std::uint8_t>(digit(text[i]) << 4 | digit(text[i + 1]));
    i += 2;
  }
  return bytes;
}

void append_id(std::string& out, const id_bytes& bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  out += "00000000-0000-0000-0000-000000000000";
  auto* at = out.data() + out.size() - 36;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) ++at;
    *at++ = digits[bytes[i] >> 4];
    *at++ = digits[bytes[i] & 15];
  }
}

std::string text_of_id(const id_bytes& bytes) {
  std::string text;
  append_id(text, bytes);
  return text;
}

}  // namespace streamdemo::base
