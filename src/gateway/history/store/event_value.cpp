#include "gateway/history/store/event_value.hpp"

#include <lz4.h>

#include <cstdint>

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
  for (int i = 0; i < 4; ++i) room[static_cast<std::size_t>(i) + 1] = static_cast<char>(text.size() >> 8 * i & 0xff);
  return {room.data(), head_bytes + static_cast<std::size_t>(bytes)};
}

std::optional<std::string> text_of_value(std::string_view value) {
  if (!value.starts_with(mark)) return std::string(value);
  if (value.size() < head_bytes) return std::nullopt;
  std::uint64_t size = 0;
  for (int i = 0; i < 4; ++i) {
    size |= std::uint64_t{static_cast<unsigned char>(value[static_cast<std::size_t>(i) + 1])} << 8 * i;
  }
  value.remove_prefix(head_bytes);
  if (size > LZ4_MAX_INPUT_SIZE || size > value.size() * most_times_smaller) return std::nullopt;
  std::string text(size, '\0');
  const auto bytes =
      LZ4_decompress_safe(value.data(), text.data(), static_cast<int>(value.size()), static_cast<int>(size));
  if (bytes < 0 || static_cast<std::uint64_t>(bytes) != size) return std::nullopt;
  return text;
}

}  // namespace streamdemo::gateway
