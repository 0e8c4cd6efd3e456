#include <streamdemo/base/json.hpp>
#include <streamdemo/tracing/span.hpp>

#include "tracing/attribute.hpp"

namespace streamdemo::tracing {

namespace {

bool is_presentable(std::string_view text) noexcept {
  return text.size() <= span::longest_text && base::is_utf8(text);
}

// Texts come from clients and are cut anywhere; a receiver refuses a whole batch for one that is not UTF-8.
std::string presentable(std::string_view text) {
  std::string out(text.substr(0, span::longest_text));
  if (base::is_utf8(out)) return out;
  for (auto& c : out) {
    if (static_cast<unsigned char>(c) >= 0x80) c = '?';
  }
  return out;
}

}  // namespace

span& span::set(std::string_view key, std::string_view value) {
  if (is_presentable(value)) {
    append_attribute(attributes, span_attributes, key, value);
  } else {
    append_attribute(attributes, span_attributes, key, presentable(value));
  }
  return *this;
}

span& span::set(std::string_view key, std::int64_t value) {
  append_attribute(attributes, span_attributes, key, value);
  return *this;
}

span& span::fail(std::string_view reason) {
  failed = true;
  why = presentable(reason);
  return *this;
}

}  // namespace streamdemo::tracing
