#include "artifacts/s3/signer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <streamdemo/base/hash.hpp>
#include <streamdemo/base/secret.hpp>

namespace streamdemo::artifacts::s3 {

namespace {

constexpr std::string_view algorithm = "AWS4-HMAC-SHA256";

// "20130524T000000Z"
std::string stamp(base::sys_time t) {
  std::string text;
  for (const char c : base::format_micros(t).substr(0, 19)) {
    if (c != '-' && c != ':') text += c;
  }
  return text + 'Z';
}

std::string scope_of(const signing& s, std::string_view time) {
  return fmt::format("{}/{}/s3/aws4_request", time.substr(0, 8), s.region);
}

std::string signed_names(const pairs& sorted) {
  std::string names;
  for (const auto& [name, value] : sorted) names.append(names.empty() ? "" : ";").append(name);
  return names;
}

std::string signature(const unsigned_request& r, const pairs& sorted, std::string_view payload_hash, const signing& s,
                      std::string_view time) {
  auto canonical = fmt::format("{}\n{}\n{}\n", r.method, escaped(r.path, true), query_text(r.query));
  for (const auto& [name, value] : sorted) canonical.append(name).append(":").append(value).append("\n");
  canonical.append("\n").append(signed_names(sorted)).append("\n").append(payload_hash);
  const auto text = fmt::format("{}\n{}\n{}\n{}", algorithm, time, scope_of(s, time), base::sha256_hex(canonical));
  auto key = base::hmac_sha256("AWS4" + s.by.secret, time.substr(0, 8));
  key = base::hmac_sha256(key, s.region);
  key = base::hmac_sha256(key, "s3");
  key = base::hmac_sha256(key, "aws4_request");
  return base::to_hex(base::hmac_sha256(key, text));
}

}  // namespace

std::string escaped(std::string_view text, bool keep_slashes) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                       c == '.' || c == '_' || c == '~' || (keep_slashes && c == '/');
    if (plain) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

std::string query_text(const pairs& query) {
  pairs all;
  for (const auto& [name, value] : query) all.emplace_back(escaped(name, false), escaped(value, false));
  std::sort(all.begin(), all.end());
  std::string text;
  for (const auto& [name, value] : all) {
    text.append(text.empty() ? "" : "&").append(name).append("=").append(value);
  }
  return text;
}

pairs sign(const unsigned_request& r, std::string_view payload_hash, const signing& s) {
  const auto time = stamp(s.now);
  pairs added{{"x-amz-content-sha256", std::string(payload_hash)}, {"x-amz-date", time}};
  if (!s.by.token.empty()) added.emplace_back("x-amz-security-token", s.by.token);
  auto all = r.fields;
  all.emplace_back("host", r.host);
  all.insert(all.end(), added.begin(), added.end());
  std::sort(all.begin(), all.end());
  added.emplace_back("authorization",
                     fmt::format("{} Credential={}/{},SignedHeaders={},Signature={}", algorithm, s.by.key_id,
                                 scope_of(s, time), signed_names(all), signature(r, all, payload_hash, s, time)));
  return added;
}

std::string presign(unsigned_request r, std::chrono::seconds lifetime, const signing& s) {
  const auto time = stamp(s.now);
  auto all = r.fields;
  all.emplace_back("host", r.host);
  std::sort(all.begin(), all.end());
  r.query.emplace_back("X-Amz-Algorithm", algorithm);
  r.query.emplace_back("X-Amz-Credential", s.by.key_id + "/" + scope_of(s, time));
  r.query.emplace_back("X-Amz-Date", time);
  r.query.emplace_back("X-Amz-Expires", std::to_string(lifetime.count()));
  if (!s.by.token.empty()) r.query.emplace_back("X-Amz-Security-Token", s.by.token);
  r.query.emplace_back("X-Amz-SignedHeaders", signed_names(all));
  const auto sealed = signature(r, all, unsigned_payload, s, time);
  return query_text(r.query) + "&X-Amz-Signature=" + sealed;
}

}  // namespace streamdemo::artifacts::s3
