#include "gateway/api/content_encoding.hpp"

#include "gateway/api/problem.hpp"
#include "gateway/api/text.hpp"

namespace streamdemo::gateway {

namespace {

constexpr std::size_t max_shown_coding = 64;

}  // namespace

std::string_view coding_of(std::string_view content_encoding) noexcept {
  while (!content_encoding.empty()) {
    const auto coding = next_part(content_encoding, ',');
    if (!coding.empty() && !same_word(coding, "identity")) return coding;
  }
  return {};
}

std::optional<http::response> refuse_encoded_body(const http::request& r) {
  if (!r.has_header("Content-Encoding") || r.body->content_length() == 0) return std::nullopt;
  const auto field = r.joined_header("Content-Encoding");
  const auto coding = coding_of(field);
  if (coding.empty()) return std::nullopt;
  auto answer = problem_response(problem::content_encoding,
                                 "a body with Content-Encoding \"" + std::string(coding.substr(0, max_shown_coding)) +
                                     "\" is not taken here; send it as it is, without that header");
  answer.set("Accept-Encoding", "identity");
  return answer;
}

}  // namespace streamdemo::gateway
