#include "tracing/attribute.hpp"

#include <cstring>

#include "tracing/protobuf.hpp"

namespace streamdemo::tracing {

namespace {

// Of KeyValue and AnyValue.
constexpr std::uint32_t of_key = 1;
constexpr std::uint32_t of_value = 2;
constexpr std::uint32_t text_value = 1;
constexpr std::uint32_t whole_value = 3;

constexpr std::uint32_t type_of_number = 0;
constexpr std::uint32_t type_of_bytes = 2;

// Traces have a dozen attributes in each span, so these are written without a look at the text's capacity for each
// byte.
class place {
 public:
  place(std::string& out, std::size_t size) {
    const auto before = out.size();
    out.resize(before + size);
    to_ = out.data() + before;
  }

  void tag(std::uint32_t field, std::uint32_t type) noexcept { *to_++ = static_cast<char>(field << 3U | type); }
  void number(std::uint64_t value) noexcept {
    for (; value >= 0x80; value >>= 7U) *to_++ = static_cast<char>(value | 0x80U);
    *to_++ = static_cast<char>(value);
  }
  void bytes(std::uint32_t field, std::string_view text) noexcept {
    tag(field, type_of_bytes);
    number(text.size());
    std::memcpy(to_, text.data(), text.size());
    to_ += text.size();
  }

 private:
  char* to_;
};

// Up to the value, of which only the size is known.
place begin_attribute(std::string& out, std::uint32_t field, std::string_view key, std::size_t value_size) {
  const auto inside = protobuf_writer::size_of_bytes(key.size()) + protobuf_writer::size_of_bytes(value_size);
  place p(out, protobuf_writer::size_of_bytes(inside));
  p.tag(field, type_of_bytes);
  p.number(inside);
  p.bytes(of_key, key);
  p.tag(of_value, type_of_bytes);
  p.number(value_size);
  return p;
}

}  // namespace

void append_attribute(std::string& out, std::uint32_t field, std::string_view key, std::string_view value) {
  auto p = begin_attribute(out, field, key, protobuf_writer::size_of_bytes(value.size()));
  p.bytes(text_value, value);
}

void append_attribute(std::string& out, std::uint32_t field, std::string_view key, std::int64_t value) {
  const auto whole = static_cast<std::uint64_t>(value);
  auto p = begin_attribute(out, field, key, protobuf_writer::size_of_number(whole));
  p.tag(whole_value, type_of_number);
  p.number(whole);
}

std::string attribute_in(std::string_view encoded, std::string_view key) {
  protobuf_reader all(encoded);
  while (const auto one = all.next()) {
    protobuf_reader parts(one->bytes);
    const auto name = parts.next();
    const auto value = parts.next();
    if (!name || !value || name->bytes != key) continue;
    const auto in = protobuf_reader(value->bytes).next();
    if (!in) return {};
    return in->number == whole_value ? std::to_string(static_cast<std::int64_t>(in->value)) : std::string(in->bytes);
  }
  return {};
}

}  // namespace streamdemo::tracing
