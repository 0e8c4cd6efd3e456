#include <streamdemo/http/fields/content_encoding.hpp>
#include <streamdemo/http/fields/text.hpp>

namespace streamdemo::http {

std::string_view coding_of(std::string_view content_encoding) noexcept {
  while (!content_encoding.empty()) {
    const auto coding = next_part(content_encoding, ',');
    if (!coding.empty() && !same_word(coding, "identity")) return coding;
  }
  return {};
}

}  // namespace streamdemo::http
