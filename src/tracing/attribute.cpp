#include "tracing/attribute.hpp"

#include "tracing/protobuf.hpp"

namespace streamdemo::tracing {

namespace {

// Of KeyValue and AnyValue.
constexpr std::uint32_t of_key = 1;
constexpr std::uint32_t of_value = 2;
constexpr std::uint32_t text_value = 1;
constexpr std::uint32_t whole_value = 3;

// Up to the value, of which only the size is known.
protobuf_writer begin_attribute(encoded_fields& out, std::uint32_t field, std::string_view key,
                                std::size_t value_size) {
  const auto inside = protobuf_writer::size_of_bytes(key.size()) + protobuf_writer::size_of_bytes(value_size);
  protobuf_writer w(out.append(protobuf_writer::size_of_bytes(inside)));
  w.begin_bytes(field, inside);
  w.bytes(of_key, key);
  w.begin_bytes(of_value, value_size);
  return w;
}

}  // namespace

void append_attribute(encoded_fields& out, std::uint32_t field, std::string_view key, std::string_view value) {
  begin_attribute(out, field, key, protobuf_writer::size_of_bytes(value.size())).bytes(text_value, value);
}

void append_attribute(encoded_fields& out, std::uint32_t field, std::string_view key, std::int64_t value) {
  const auto whole = static_cast<std::uint64_t>(value);
  begin_attribute(out, field, key, protobuf_writer::size_of_number(whole)).number(whole_value, whole);
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
