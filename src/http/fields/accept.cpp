#include <streamdemo/http/fields/accept.hpp>

#include <streamdemo/http/fields/text.hpp>

namespace streamdemo::http {

namespace {

// The qvalue in thousandths; -1: the text is none.
int quality(std::string_view text) noexcept {
  if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return -1;
  int q = (text[0] - '0') * 1000;
  if (text.size() > 1 && text[1] != '.') return -1;
  int scale = 100;
  for (std::size_t i = 2; i < text.size(); ++i, scale /= 10) {
    if (text[i] < '0' || text[i] > '9') return -1;
    q += (text[i] - '0') * scale;
  }
  return q <= 1000 ? q : -1;
}

// How specifically a range matches a type or a coding: 3 the type itself, 2 "type/*", 1 "*/*" or "*", 0 no match.
int precision(std::string_view range, std::string_view type) noexcept {
  if (same_word(range, type)) return 3;
  if (range == "*/*" || range == "*") return 1;
  const auto slash = type.find('/');
  return range.ends_with("/*") && same_word(range.substr(0, range.size() - 2), type.substr(0, slash)) ? 2 : 0;
}

int quality_of(std::string_view accept, std::string_view type) noexcept {
  int best_precision = 0;
  int q = 0;
  while (!accept.empty()) {
    auto part = next_part(accept, ',');
    const int p = precision(next_part(part, ';'), type);
    if (p <= best_precision) continue;
    int own = 1000;
    while (!part.empty()) {
      auto parameter = next_part(part, ';');
      if (same_word(next_part(parameter, '='), "q")) own = quality(parameter);
    }
    if (own < 0) continue;
    best_precision = p;
    q = own;
  }
  return q;
}

}  // namespace

std::optional<std::size_t> best_offer(std::string_view accept, std::span<const std::string_view> offered) noexcept {
  if (trim(accept).empty()) return 0;
  std::optional<std::size_t> best;
  int best_quality = 0;
  for (std::size_t i = 0; i < offered.size(); ++i) {
    if (const int q = quality_of(accept, offered[i]); q > best_quality) {
      best_quality = q;
      best = i;
    }
  }
  return best;
}

bool takes_coding(std::string_view accept_encoding, std::string_view coding) noexcept {
  const int q = quality_of(accept_encoding, coding);
  return q > 0 && q >= quality_of(accept_encoding, "identity");
}

}  // namespace streamdemo::http
