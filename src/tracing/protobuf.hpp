// Writes and reads the few forms of Protocol Buffers' wire format that OTLP's traces need. Pure.
#pragma once
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace streamdemo::tracing {

// How the value of a field is written.
enum class wire_type : std::uint32_t { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };

// Writes fields into the room that is there for them. A message's size stands before it, so sizes are found out first,
// and then all is written: a trace has a hundred fields, and none needs a look at what room is left. Numbers of fields
// are below 16.
class protobuf_writer {
 public:
  explicit protobuf_writer(char* room) noexcept : to_(room) {}

  void number(std::uint32_t field, std::uint64_t value) noexcept {
    tag(field, wire_type::varint);
    varint(value);
  }
  void fixed64(std::uint32_t field, std::uint64_t value) noexcept {
    tag(field, wire_type::fixed64);
    for (int i = 0; i < 8; ++i, value >>= 8U) *to_++ = static_cast<char>(value & 0xffU);
  }
  // A text, or a message that is encoded already.
  void bytes(std::uint32_t field, std::string_view value) noexcept {
    begin_bytes(field, value.size());
    encoded(value);
  }
  // What comes before a text or message of that size.
  void begin_bytes(std::uint32_t field, std::size_t size) noexcept {
    tag(field, wire_type::bytes);
    varint(size);
  }
  // Fields that are encoded already.
  void encoded(std::string_view fields) noexcept {
    std::memcpy(to_, fields.data(), fields.size());
    to_ += fields.size();
  }

  // How many bytes such fields take.
  static constexpr std::size_t size_of_fixed64 = 9;
  static std::size_t size_of_number(std::uint64_t value) noexcept { return 1 + size_of(value); }
  static std::size_t size_of_bytes(std::size_t size) noexcept { return 1 + size_of(size) + size; }

 private:
  static std::size_t size_of(std::uint64_t value) noexcept {
    std::size_t n = 1;
    for (; value >= 0x80; value >>= 7U) ++n;
    return n;
  }
  void tag(std::uint32_t field, wire_type type) noexcept {
    *to_++ = static_cast<char>(field << 3U | static_cast<std::uint32_t>(type));
  }
  void varint(std::uint64_t value) noexcept {
    for (; value >= 0x80; value >>= 7U) *to_++ = static_cast<char>(value | 0x80U);
    *to_++ = static_cast<char>(value);
  }

  char* to_;
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
