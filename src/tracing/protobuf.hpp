// Writes and reads the few forms of Protocol Buffers' wire format that OTLP's traces need. Pure.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace streamdemo::tracing {

// Appends the fields of one message to a text, which outlives it. A message within is written to a text of its own
// first.
class protobuf_writer {
 public:
  explicit protobuf_writer(std::string& out) noexcept : out_(out) {}

  // Values that are the default (0, empty) are left out, except by the functions for those that are one of several.
  void number(std::uint32_t field, std::uint64_t value);
  void number_of_several(std::uint32_t field, std::uint64_t value);
  void fixed64(std::uint32_t field, std::uint64_t value);
  void bytes(std::uint32_t field, std::string_view value);
  void bytes_of_several(std::uint32_t field, std::string_view value);
  // What comes before a text or message of that size.
  void begin_bytes(std::uint32_t field, std::size_t size);

  // How many bytes such fields take, with field numbers below 16.
  static std::size_t size_of_number(std::uint64_t value) noexcept { return 1 + size_of(value); }
  static std::size_t size_of_bytes(std::size_t size) noexcept { return 1 + size_of(size) + size; }

 private:
  static std::size_t size_of(std::uint64_t value) noexcept {
    std::size_t n = 1;
    for (; value >= 0x80; value >>= 7U) ++n;
    return n;
  }
  void varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7U) out_.push_back(static_cast<char>(value | 0x80U));
    out_.push_back(static_cast<char>(value));
  }
  void tag(std::uint32_t field, std::uint32_t type) { varint(std::uint64_t{field} << 3U | type); }

  std::string& out_;
};

// Goes through the fields of one message.
class protobuf_reader {
 public:
  explicit protobuf_reader(std::string_view text) noexcept : rest_(text) {}

  struct field {
    std::uint32_t number = 0;
    std::uint64_t value = 0;  // of a number
    std::string_view bytes;   // of a text or message
  };
  // nullopt: the end, or what follows cannot be read.
  std::optional<field> next() noexcept;

 private:
  std::optional<std::uint64_t> varint() noexcept;

  std::string_view rest_;
};

}  // namespace streamdemo::tracing
