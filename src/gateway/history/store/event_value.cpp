#include "gateway/history/store/event_value.hpp"

#include <lz4.h>

#include <boost/endian/conversion.hpp>

#include <cstdint>
#include <cstring>

namespace streamdemo::gateway {

namespace {

// Smaller ones shrink more together with their neighbours, which the store's blocks see to.
constexpr std::size_t large_bytes = 4096;
// Before the size of the text, in four bytes, and what it was compressed to. No text begins so.
constexpr char mark = '\x01';
constexpr std::size_t head_bytes = 5;
// LZ4 shrinks nothing more than this, so a larger size is none.
constexpr std::uint64_t most_times_smaller = 255;

}  // namespace

std::string_view value_of_text(std::string_view text, std::string& room) {
  if (text.size() < large_bytes || text.size() > LZ4_MAX_INPUT_SIZE) return text;
  // What saves less is not worth unpacking.
  const auto most = text.size() - text.size() / 8;
  room.resize(head_bytes + most);
  const auto bytes = LZ4_compress_default(text.data(), room.data() + head_bytes, static_cast<int>(text.size()),
                                          static_cast<int>(most));
  if (bytes <= 0) return text;
  room[0] = mark;
  const auto size = boost::endian::native_to_little(static_cast<std::uint32_t>(text.size()));
  std::memcpy(room.data() + 1, &size, sizeof size);
  return {room.data(), head_bytes + static_cast<std::size_t>(bytes)};
}

std::optional<std::string> text_of_value(std::string_view value) {
  if (!value.starts_with(mark)) return std::string(value);
  if (value.size() < head_bytes) return std::nullopt;
  std::uint32_t size = 0;
  std::memcpy(&size, value.data() + 1, sizeof size);
  boost::endian::little_to_native_inplace(size);
  value.remove_prefix(head_bytes);
  if (size > LZ4_MAX_INPUT_SIZE || size > value.size() * most_times_smaller) return std::nullopt;
  std::string text(size, '\0');
  const auto bytes =
      LZ4_decompress_safe(value.data(), text.data(), static_cast<int>(value.size()), static_cast<int>(size));
  if (bytes < 0 || static_cast<std::uint64_t>(bytes) != size) return std::nullopt;
  return text;
}

}  // namespace streamdemo::gateway
