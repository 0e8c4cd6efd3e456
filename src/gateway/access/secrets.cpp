#include "gateway/access/secrets.hpp"

#include <streamdemo/base/id.hpp>
#include <streamdemo/base/secret.hpp>

namespace streamdemo::gateway {

namespace {

// Lengths first: no two lists of parts make the same text.
std::string joined(std::initializer_list<std::string_view> parts) {
  std::string out;
  for (const auto part : parts) {
    out += std::to_string(part.size());
    out += ' ';
    out += part;
  }
  return out;
}

std::string signature(std::string_view secret, std::string_view purpose, std::string_view text) {
  return base::hmac_sha256(secret, joined({"seal", purpose, text}));
}

}  // namespace

secrets::secrets(std::string current, std::vector<std::string> earlier) {
  if (!current.empty()) all_.push_back(std::move(current));
  for (auto& e : earlier) all_.push_back(std::move(e));
}

std::vector<std::string> secrets::derived_ids(std::string_view owner, std::string_view kind,
                                              std::string_view key) const {
  std::vector<std::string> out;
  out.reserve(all_.size() + 1);
  for (const auto& secret : all_) {
    out.push_back(base::id_of_digest(base::hmac_sha256(secret, joined({"id", owner, kind, key}))));
  }
  out.push_back(base::derived_id(kind, key));
  return out;
}

std::string secrets::seal(std::string_view purpose, std::string_view text) const {
  return base::to_base64url(text) + '.' + base::to_base64url(signature(all_.front(), purpose, text));
}

std::optional<std::string> secrets::open(std::string_view purpose, std::string_view sealed) const {
  const auto dot = sealed.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  auto text = base::from_base64url(sealed.substr(0, dot));
  const auto signed_by = base::from_base64url(sealed.substr(dot + 1));
  if (!text || !signed_by) return std::nullopt;
  for (const auto& secret : all_) {
    if (base::same_secret(*signed_by, signature(secret, purpose, *text))) return text;
  }
  return std::nullopt;
}

}  // namespace streamdemo::gateway
