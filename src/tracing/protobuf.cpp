#include "tracing/protobuf.hpp"

namespace streamdemo::tracing {

std::optional<std::uint64_t> protobuf_reader::varint() noexcept {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
    const auto b = static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
    value |= std::uint64_t{b & 0x7fU} << shift;
    if (b < 0x80) return value;
  }
  return std::nullopt;
}

std::optional<protobuf_reader::field> protobuf_reader::next() noexcept {
  const auto tag = varint();
  if (!tag) return std::nullopt;
  field f;
  f.number = static_cast<std::uint32_t>(*tag >> 3U);
  std::uint64_t size = 0;
  switch (static_cast<wire_type>(*tag & 7U)) {
    case wire_type::varint: {
      const auto value = varint();
      if (!value) return std::nullopt;
      f.value = *value;
      return f;
    }
    case wire_type::bytes: {
      const auto length = varint();
      if (!length) return std::nullopt;
      size = *length;
      break;
    }
    case wire_type::fixed64:
      size = 8;
      break;
    case wire_type::fixed32:
      size = 4;
      break;
    default:
      return std::nullopt;
  }
  if (size > rest_.size()) return std::nullopt;
  f.bytes = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return f;
}

}  // namespace streamdemo::tracing
