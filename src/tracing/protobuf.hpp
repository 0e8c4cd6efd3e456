// Writes and reads the few forms of Protocol Buffers' wire format that OTLP's traces need. Pure.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace streamdemo::tracing {

// One message. A nested one is made by a writer of its own and added as bytes.
class protobuf_writer {
 public:
  // Values that are the default (0, empty) are left out, except by the functions for those that are one of several.
  void number(std::uint32_t field, std::uint64_t value);
  void number_of_several(std::uint32_t field, std::uint64_t value);
  void fixed64(std::uint32_t field, std::uint64_t value);
  void bytes(std::uint32_t field, std::string_view value);
  void bytes_of_several(std::uint32_t field, std::string_view value);
  void message(std::uint32_t field, const protobuf_writer& m) { bytes_of_several(field, m.out_); }

  const std::string& text() const noexcept { return out_; }
  std::string take() && { return std::move(out_); }

 private:
  void varint(std::uint64_t value);
  void tag(std::uint32_t field, std::uint32_t type) { varint(std::uint64_t{field} << 3U | type); }

  std::string out_;
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
