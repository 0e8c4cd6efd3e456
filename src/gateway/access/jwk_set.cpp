#include "gateway/access/jwk_set.hpp"

#include <fmt/format.h>

#include <streamdemo/base/hash.hpp>
#include <streamdemo/base/json.hpp>
#include <streamdemo/base/secret.hpp>
#include <streamdemo/base/shown.hpp>

#include "gateway/access/strict_json.hpp"

namespace streamdemo::gateway {

namespace {

using base::signature_algorithm;

// nullopt: not there, or no text.
std::optional<std::string_view> jwk_text(const boost::json::object& o, std::string_view name) {
  const auto* v = o.if_contains(name);
  if (!v || !v->is_string()) return std::nullopt;
  return std::string_view(v->get_string());
}

std::string bytes_member(const boost::json::object& o, std::string_view name) {
  return base::from_base64url(jwk_text(o, name).value_or("")).value_or("");
}

// The members that make the key, in the order of their names and nothing else (RFC 7638 section 3).
std::string thumbprint(const boost::json::object& o, std::initializer_list<std::string_view> names) {
  std::string text;
  for (const auto name : names) {
    text += text.empty() ? '{' : ',';
    text += base::json_string(name) + ':' + base::json_string(jwk_text(o, name).value_or(""));
  }
  const auto digest = base::sha256_bytes(text + '}');
  return base::to_base64url({digest.data(), digest.size()});
}

bool may_verify(const boost::json::object& o) {
  if (const auto* use = o.if_contains("use"); use && *use != "sig") return false;
  const auto* ops = o.if_contains("key_ops");
  if (!ops) return true;
  if (!ops->is_array()) return false;
  for (const auto& op : ops->get_array()) {
    if (op == "verify") return true;
  }
  return false;
}

std::optional<signature_algorithm> algorithm_of_curve(std::string_view curve) {
  if (curve == "P-256") return signature_algorithm::es256;
  if (curve == "P-384") return signature_algorithm::es384;
  if (curve == "P-521") return signature_algorithm::es512;
  return std::nullopt;
}

base::error unused(std::string what) {
  return {base::errc::unsupported, std::move(what)};
}

base::result<std::pair<base::public_key, std::string>> key_of(const boost::json::object& o) {
  const auto type = jwk_text(o, "kty").value_or("");
  const auto with =
      [&](base::result<base::public_key> key,
          std::initializer_list<std::string_view> names) -> base::result<std::pair<base::public_key, std::string>> {
    if (key.has_error()) return key.error();
    return std::pair(std::move(*key), thumbprint(o, names));
  };
  if (type == "RSA") {
    return with(base::public_key::rsa(bytes_member(o, "n"), bytes_member(o, "e")), {"e", "kty", "n"});
  }
  const auto curve = jwk_text(o, "crv").value_or("");
  if (const auto a = algorithm_of_curve(curve); type == "EC" && a) {
    return with(base::public_key::elliptic(*a, bytes_member(o, "x"), bytes_member(o, "y")), {"crv", "kty", "x", "y"});
  }
  if (type == "OKP" && curve == "Ed25519") {
    return with(base::public_key::ed25519(bytes_member(o, "x")), {"crv", "kty", "x"});
  }
  return unused("is of a type or curve that is not judged here");
}

base::result<jwk> jwk_of(const boost::json::object& o) {
  if (!may_verify(o)) return unused("is not for signatures");
  // Who reads the set could sign with it.
  if (o.contains("d") || o.contains("k")) return unused("is a secret, and was published");
  std::optional<signature_algorithm> only;
  if (o.contains("alg")) {
    only = base::parse_signature_algorithm(jwk_text(o, "alg").value_or(""));
    if (!only) return unused("is for an algorithm that is not judged here");
  }
  if (const auto* kid = o.if_contains("kid"); kid && !kid->is_string()) return unused("has a kid that is no text");
  auto key = key_of(o);
  if (key.has_error()) return key.error();
  if (only && !key->first.fits(*only)) return unused("is of a type that does not fit its alg");
  return jwk{std::string(jwk_text(o, "kid").value_or("")), only, std::move(key->second), std::move(key->first)};
}

}  // namespace

base::result<jwk_set> parse_jwk_set(std::string_view text) {
  if (text.size() > max_jwk_set_bytes) {
    return base::error{base::errc::too_large, fmt::format("has more than {} bytes", max_jwk_set_bytes)};
  }
  const auto whole = parse_strict_object(text);
  const auto* keys = whole ? whole->if_contains("keys") : nullptr;
  if (!keys || !keys->is_array()) {
    return base::error{base::errc::corrupt, "is no JWK Set: a JSON object with a list \"keys\", and no member twice"};
  }
  if (keys->get_array().size() > max_jwk_set_keys) {
    return base::error{base::errc::too_large, fmt::format("has more than {} keys", max_jwk_set_keys)};
  }
  jwk_set out;
  std::size_t place = 0;
  for (const auto& one : keys->get_array()) {
    ++place;
    auto key = one.is_object() ? jwk_of(one.get_object()) : base::result<jwk>(unused("is no object"));
    if (key.has_value()) {
      out.keys.push_back(std::move(*key));
      continue;
    }
    const auto kid = one.is_object() ? jwk_text(one.get_object(), "kid") : std::nullopt;
    out.passed_over.push_back(
        fmt::format("key {}{} {}", place, kid ? " (" + base::shown(*kid, 64) + ")" : "", key.error().message));
  }
  if (out.keys.empty()) {
    // One reason is enough for a line.
    return base::error{base::errc::not_found, out.passed_over.empty()
                                                  ? std::string("has no keys")
                                                  : "has no key that can be used: " + out.passed_over.front()};
  }
  return out;
}

}  // namespace streamdemo::gateway
