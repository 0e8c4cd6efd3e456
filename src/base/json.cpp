#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/parse.hpp>
#include <streamdemo/base/json.hpp>

#include <array>
#include <cstring>

namespace streamdemo::base {

namespace {

namespace json = boost::json;

// A handler of parser events that stores nothing: only the verdict counts.
struct discard {
  static constexpr std::size_t max_object_size = std::size_t(-1);
  static constexpr std::size_t max_array_size = std::size_t(-1);
  static constexpr std::size_t max_key_size = std::size_t(-1);
  static constexpr std::size_t max_string_size = std::size_t(-1);
  using ec = json::error_code;
  bool on_document_begin(ec&) { return true; }
  bool on_document_end(ec&) { return true; }
  bool on_object_begin(ec&) { return true; }
  bool on_object_end(std::size_t, ec&) { return true; }
  bool on_array_begin(ec&) { return true; }
  bool on_array_end(std::size_t, ec&) { return true; }
  bool on_key_part(json::string_view, std::size_t, ec&) { return true; }
  bool on_key(json::string_view, std::size_t, ec&) { return true; }
  bool on_string_part(json::string_view, std::size_t, ec&) { return true; }
  bool on_string(json::string_view, std::size_t, ec&) { return true; }
  bool on_number_part(json::string_view, ec&) { return true; }
  bool on_int64(std::int64_t, json::string_view, ec&) { return true; }
  bool on_uint64(std::uint64_t, json::string_view, ec&) { return true; }
  bool on_double(double, json::string_view, ec&) { return true; }
  bool on_bool(bool, ec&) { return true; }
  bool on_null(ec&) { return true; }
  bool on_comment_part(json::string_view, ec&) { return true; }
  bool on_comment(json::string_view, ec&) { return true; }
};

// Which bytes of a text may not stand in a JSON string as they are (RFC 8259 section 7).
constexpr auto needs_escape = [] {
  std::array<bool, 256> out{};
  for (std::size_t c = 0; c < 0x20; ++c) out[c] = true;
  out['"'] = out['\\'] = true;
  return out;
}();

// Whether any of eight bytes may not. Each line finds a byte that is below a value, or equal to one and so zero.
bool any_needs_escape(std::uint64_t eight) noexcept {
  constexpr std::uint64_t ones = 0x0101010101010101u, tops = 0x8080808080808080u;
  const auto below = [](std::uint64_t bytes, std::uint64_t value) { return (bytes - ones * value) & ~bytes; };
  return ((below(eight, 0x20) | below(eight ^ ones * '"', 1) | below(eight ^ ones * '\\', 1)) & tops) != 0;
}

}  // namespace

bool is_json(std::string_view text) {
  json::parse_options options;
  options.max_depth = 64;
  json::basic_parser<discard> parser(options);
  json::error_code ec;
  const auto n = parser.write_some(false, text.data(), text.size(), ec);
  return !ec && n == text.size();
}

namespace {

// Most text is: looked at eight bytes at a time, the last eight again.
bool is_ascii(std::string_view text) noexcept {
  constexpr std::uint64_t high_bits = 0x8080808080808080U;
  const auto eight_at = [&](std::size_t at) {
    std::uint64_t eight = 0;
    std::memcpy(&eight, text.data() + at, sizeof eight);
    return eight;
  };
  std::uint64_t seen = 0;
  if (text.size() < sizeof seen) {
    for (const char c : text) seen |= static_cast<std::uint64_t>(static_cast<unsigned char>(c));
  } else {
    for (std::size_t at = 0; at + sizeof seen <= text.size(); at += sizeof seen) seen |= eight_at(at);
    seen |= eight_at(text.size() - sizeof seen);
  }
  return (seen & high_bits) == 0;
}

}  // namespace

bool is_utf8(std::string_view text) noexcept {
  if (is_ascii(text)) return true;
  const auto* p = reinterpret_cast<const unsigned char*>(text.data());
  const auto* end = p + text.size();
  const auto tail = [&](unsigned char low, unsigned char high) {
    return p != end && *p >= low && *p <= high && (++p, true);
  };
  while (p != end) {
    // Most text is ASCII: skip eight bytes at a time.
    for (std::uint64_t eight = 0; end - p >= 8; p += 8) {
      std::memcpy(&eight, p, 8);
      if ((eight & 0x8080808080808080u) != 0) break;
    }
    if (p == end) break;
    const unsigned char c = *p++;
    if (c < 0x80) continue;
    bool good = false;
    if (c >= 0xC2 && c <= 0xDF) {
      good = tail(0x80, 0xBF);
    } else if (c >= 0xE0 && c <= 0xEF) {
      good = tail(c == 0xE0 ? 0xA0 : 0x80, c == 0xED ? 0x9F : 0xBF) && tail(0x80, 0xBF);
    } else if (c >= 0xF0 && c <= 0xF4) {
      good = tail(c == 0xF0 ? 0x90 : 0x80, c == 0xF4 ? 0x8F : 0xBF) && tail(0x80, 0xBF) && tail(0x80, 0xBF);
    }
    if (!good) return false;
  }
  return true;
}

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  std::size_t plain = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    for (std::uint64_t eight = 0; text.size() - i >= 8; i += 8) {
      std::memcpy(&eight, text.data() + i, 8);
      if (any_needs_escape(eight)) break;
    }
    if (i == text.size()) break;
    const auto c = static_cast<unsigned char>(text[i]);
    if (!needs_escape[c]) continue;
    out.append(text, plain, i - plain);
    plain = i + 1;
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        out += "\\u00";
        out += "0123456789abcdef"[c >> 4];
        out += "0123456789abcdef"[c & 15];
    }
  }
  out.append(text, plain);
  out += '"';
}

std::string json_string(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

std::optional<std::string> text_of_json_string(std::string_view text) {
  if (text.size() < 2 || text.front() != '"') return std::nullopt;
  if (text.find('\\') == std::string_view::npos) return std::string(text.substr(1, text.size() - 2));
  json::error_code broken;
  const auto value = json::parse(text, broken);
  if (broken || !value.is_string()) return std::nullopt;
  return std::string(value.get_string());
}

std::string json_strings(const std::vector<std::string>& texts) {
  std::string out = "[";
  for (const auto& text : texts) {
    if (out.size() > 1) out += ',';
    append_json_string(out, text);
  }
  return out + ']';
}

std::string base64(std::string_view bytes) {
  static constexpr char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const auto at = [&](std::size_t k) { return k < bytes.size() ? static_cast<unsigned char>(bytes[k]) : 0u; };
    const unsigned bits = at(i) << 16 | at(i + 1) << 8 | at(i + 2);
    out += alphabet[bits >> 18];
    out += alphabet[bits >> 12 & 63];
    out += i + 1 < bytes.size() ? alphabet[bits >> 6 & 63] : '=';
    out += i + 2 < bytes.size() ? alphabet[bits & 63] : '=';
  }
  return out;
}

}  // namespace streamdemo::base
