#include <sys/random.h>

#include <array>
#include <streamdemo/base/hash.hpp>
#include <streamdemo/base/id.hpp>

#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

namespace streamdemo::base {

namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";

// Of each character as a lower-case hex digit. Each record and each request has an id that is checked.
constexpr std::uint8_t no_digit = 16;
constexpr auto values_of_digits = [] {
  std::array<std::uint8_t, 256> all{};
  all.fill(no_digit);
  for (std::size_t i = 0; i < hex_digits.size(); ++i) all[static_cast<unsigned char>(hex_digits[i])] = std::uint8_t(i);
  return all;
}();

// The system's random numbers, enough for sixteen ids with each call of it: six ids are made for every task.
class random_numbers {
 public:
  std::uint64_t next() {
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

  std::array<std::uint64_t, 32> all_{};
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
  const std::array words{numbers.next(), numbers.next()};
  id_bytes bytes;
  std::memcpy(bytes.data(), words.data(), bytes.size());
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0f) | 0x40);  // version 4: random
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3f) | 0x80);  // variant
  return text_of_id(bytes);
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
  return bytes_of_id(text).has_value();
}

std::optional<id_bytes> bytes_of_id(std::string_view text) noexcept {
  if (text.size() != 36 || text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-') return std::nullopt;
  constexpr std::array<std::uint8_t, 16> places = {0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34};
  const auto digit = [&](std::size_t at) { return values_of_digits[static_cast<unsigned char>(text[at])]; };
  id_bytes bytes;
  unsigned wrong = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const unsigned high = digit(places[i]);
    const unsigned low = digit(places[i] + std::size_t{1});
    wrong |= high | low;
    bytes[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  if (wrong >= no_digit) return std::nullopt;
  return bytes;
}

void append_id(std::string& out, const id_bytes& bytes) {
  std::array<char, 36> text;
  auto* at = text.data();
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) *at++ = '-';
    *at++ = hex_digits[bytes[i] >> 4];
    *at++ = hex_digits[bytes[i] & 15];
  }
  out.append(text.data(), text.size());
}

std::string text_of_id(const id_bytes& bytes) {
  std::string text;
  append_id(text, bytes);
  return text;
}

}  // namespace streamdemo::base
