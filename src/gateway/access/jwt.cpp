#include "gateway/access/jwt.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <streamdemo/base/secret.hpp>
#include <streamdemo/base/text.hpp>

#include "gateway/access/strict_json.hpp"

namespace streamdemo::gateway {

namespace {

constexpr std::array<std::string_view, jwt_faults> fault_names{"malformed", "too_large", "type",    "critical",
                                                               "algorithm", "issuer",    "key",     "signature",
                                                               "audience",  "expired",   "not_yet", "claims"};

// A session's cookie and a log line carry them.
constexpr std::size_t max_claimed_subject_bytes = 512;
constexpr std::size_t max_kinds_bytes = 1024;
// The year 9999.
constexpr double last_second = 253402300799.0;

using claims_object = boost::json::object;
using word_list = std::vector<std::string>;

// nullopt: there, and no text. A member that is missing is empty.
std::optional<std::string> optional_text(const claims_object& o, std::string_view name) {
  const auto* v = o.if_contains(name);
  if (!v) return std::string();
  if (!v->is_string()) return std::nullopt;
  return std::string(v->get_string());
}

bool is_plain(std::string_view text) {
  return std::ranges::none_of(text, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

// "at+jwt" of "application/AT+JWT" (RFC 7515 section 4.1.9).
std::string_view media_subtype(std::string_view type) {
  constexpr std::string_view prefix = "application/";
  if (base::same_word(type.substr(0, prefix.size()), prefix)) type.remove_prefix(prefix.size());
  return type;
}

bool is_of_type(std::string_view type, const word_list& allowed) {
  return std::ranges::any_of(allowed,
                             [&](const auto& one) { return base::same_word(media_subtype(type), media_subtype(one)); });
}

// A list of texts, or one text that blanks cut into several; nullopt: neither.
std::optional<word_list> words_of(const boost::json::value& v) {
  word_list out;
  if (v.is_array()) {
    for (const auto& one : v.get_array()) {
      if (!one.is_string()) return std::nullopt;
      out.emplace_back(one.get_string());
    }
    return out;
  }
  if (!v.is_string()) return std::nullopt;
  std::string_view rest = v.get_string();
  while (!rest.empty()) {
    const auto end = std::min(rest.find(' '), rest.size());
    if (end != 0) out.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return out;
}

// Seconds since 1970, with or without a fraction. nullopt: no time.
std::optional<base::sys_time> numeric_date(const boost::json::value& v) {
  if (!v.is_number()) return std::nullopt;
  boost::json::error_code ec;
  const auto seconds = v.to_number<double>(ec);
  if (ec || !(seconds >= 0 && seconds <= last_second)) return std::nullopt;
  return base::sys_time(base::microseconds(static_cast<std::int64_t>(std::floor(seconds * 1e6))));
}

bool is_for(const boost::json::value& aud, const word_list& us) {
  const auto is_ours = [&](const boost::json::value& v) {
    return v.is_string() && std::ranges::find(us, std::string_view(v.get_string())) != us.end();
  };
  return aud.is_array() ? std::ranges::any_of(aud.get_array(), is_ours) : is_ours(aud);
}

jwt_result<base::sys_time> judge_times(const claims_object& c, base::milliseconds leeway, base::sys_time now) {
  const auto* exp = c.if_contains("exp");
  const auto expires = exp ? numeric_date(*exp) : std::nullopt;
  if (!expires) return jwt_fault::claims;
  if (*expires <= now) return jwt_fault::expired;
  for (const auto* name : {"nbf", "iat"}) {
    const auto* claim = c.if_contains(name);
    if (!claim) continue;
    const auto from = numeric_date(*claim);
    if (!from) return jwt_fault::claims;
    if (*from > now + leeway) return jwt_fault::not_yet;
  }
  return *expires;
}

jwt_result<scopes> scopes_of(const claims_object& c, std::string_view prefix) {
  const auto* claim = c.if_contains("scope");
  if (!claim) claim = c.if_contains("scp");
  if (!claim) return scopes{0};
  const auto named = words_of(*claim);
  if (!named) return jwt_fault::claims;
  scopes out = 0;
  for (std::string_view one : *named) {
    if (!one.starts_with(prefix)) continue;
    if (const auto s = parse_scope(one.substr(prefix.size()))) out |= static_cast<scopes>(*s);
  }
  return out;
}

// An empty list would be all kinds, so a token that names none is refused.
jwt_result<word_list> kinds_of(const claims_object& c, const std::string& claim) {
  if (claim.empty()) return word_list{};
  const auto* v = c.if_contains(claim);
  auto named = v ? words_of(*v) : std::nullopt;
  if (!named || named->empty()) return jwt_fault::claims;
  std::size_t bytes = 0;
  for (const auto& one : *named) {
    if (!is_plain(one)) return jwt_fault::claims;
    bytes += one.size() + 1;
  }
  if (bytes > max_kinds_bytes) return jwt_fault::claims;
  return std::move(*named);
}

// The key that signed. A token without `kid` is judged by the only key that fits, if there is one only.
jwt_result<const jwk*> signer_of(const jwt& t, base::signature_algorithm a, const jwk_set& keys) {
  bool named = false;
  std::vector<const jwk*> fitting;
  for (const auto& k : keys.keys) {
    if (!t.kid.empty() && k.kid != t.kid) continue;
    named = true;
    if (k.fits(a)) fitting.push_back(&k);
  }
  if (!named || (t.kid.empty() && fitting.size() != 1)) return jwt_fault::key;
  if (fitting.empty()) return jwt_fault::algorithm;
  for (const auto* k : fitting) {
    if (k->key.verify(a, t.signed_part, t.signature)) return k;
  }
  return jwt_fault::signature;
}

}  // namespace

std::string_view to_string(jwt_fault f) noexcept {
  return fault_names[static_cast<std::size_t>(f)];
}

std::string_view jwt::issuer() const noexcept {
  const auto* v = claims.if_contains("iss");
  return v && v->is_string() ? std::string_view(v->get_string()) : std::string_view();
}

jwt_result<jwt> read_jwt(std::string_view token) {
  if (token.size() > max_jwt_bytes) return jwt_fault::too_large;
  const auto first = token.find('.');
  const auto second = first == token.npos ? token.npos : token.find('.', first + 1);
  if (second == token.npos || token.find('.', second + 1) != token.npos) return jwt_fault::malformed;
  const auto head_text = base::from_base64url(token.substr(0, first));
  const auto claims_text = base::from_base64url(token.substr(first + 1, second - first - 1));
  const auto signature = base::from_base64url(token.substr(second + 1));
  if (!head_text || !claims_text || !signature) return jwt_fault::malformed;
  const auto head = parse_strict_object(*head_text);
  auto claims = parse_strict_object(*claims_text);
  if (!head || !claims) return jwt_fault::malformed;
  if (head->contains("crit")) return jwt_fault::critical;
  const auto alg = optional_text(*head, "alg");
  const auto typ = optional_text(*head, "typ");
  const auto kid = optional_text(*head, "kid");
  if (!alg || !typ || !kid) return jwt_fault::malformed;
  return jwt{token.substr(0, second), *signature, *alg, *typ, *kid, std::move(*claims)};
}

jwt_result<principal_ptr> judge_jwt(const jwt& t, const jwt_rules& rules, const jwk_set& keys, base::sys_time now) {
  // What costs little comes before the signature; what the token says of itself is believed after it only.
  if (!is_of_type(t.typ, rules.types)) return jwt_fault::type;
  const auto algorithm = base::parse_signature_algorithm(t.alg);
  if (!algorithm || std::ranges::find(rules.algorithms, *algorithm) == rules.algorithms.end()) {
    return jwt_fault::algorithm;
  }
  if (rules.issuer.empty() || t.issuer() != rules.issuer) return jwt_fault::issuer;
  const auto signer = signer_of(t, *algorithm, keys);
  if (signer.has_error()) return signer.error();

  const auto* aud = t.claims.if_contains("aud");
  if (!aud || !is_for(*aud, rules.audience)) return jwt_fault::audience;
  const auto expires = judge_times(t.claims, rules.leeway, now);
  if (expires.has_error()) return expires.error();
  const auto subject = optional_text(t.claims, "sub");
  if (!subject || subject->empty() || subject->size() > max_claimed_subject_bytes || !is_plain(*subject)) {
    return jwt_fault::claims;
  }
  const auto may = scopes_of(t.claims, rules.scope_prefix);
  if (may.has_error()) return may.error();
  auto kinds = kinds_of(t.claims, rules.kinds_claim);
  if (kinds.has_error()) return kinds.error();

  auto p = std::make_shared<principal>();
  p->issuer = rules.issuer;
  p->subject = *subject;
  p->owner = owner_of(p->issuer, p->subject);
  p->may = *may;
  p->kinds = std::move(*kinds);
  p->expires = *expires;
  p->key = (*signer)->thumbprint;
  return principal_ptr(std::move(p));
}

}  // namespace streamdemo::gateway
