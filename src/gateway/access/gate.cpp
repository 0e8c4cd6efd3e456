#include "gateway/access/gate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <streamdemo/base/id.hpp>
#include <streamdemo/base/json.hpp>
#include <streamdemo/base/text.hpp>
#include <streamdemo/http/fields/bearer.hpp>
#include <streamdemo/http/fields/cookie.hpp>
#include <streamdemo/http/fields/origin.hpp>

#include "gateway/access/sealed_principal.hpp"

namespace streamdemo::gateway {

namespace {

constexpr std::size_t max_token_bytes = 8192;
constexpr std::size_t max_proxied_bytes = 256;
constexpr std::size_t max_ended_sessions = 100'000;

base::sys_time earlier(base::sys_time a, base::sys_time b) noexcept {
  return a == base::sys_time{} ? b : std::min(a, b);
}

}  // namespace

gate::gate(options o, secrets s, std::unique_ptr<token_verifier> verifier, const base::clock& clock)
    : options_(std::move(o)),
      secrets_(std::move(s)),
      verifier_(std::move(verifier)),
      clock_(clock),
      ended_sessions_(max_ended_sessions) {}

judgement gate::admit(const http::request& r, bool takes_ticket) const {
  if (!options_.asks) return anyone();
  if (!options_.trusted_proxies.empty()) return of_proxy(r);
  // What is shown explicitly counts, and nothing behind it: who shows a bad token is not somebody by a cookie.
  if (r.has_header("Authorization")) {
    const auto token = http::bearer_token(r.header("Authorization"));
    return token ? of_token(*token) : judgement(denial::unknown);
  }
  if (const auto text = r.query_value("ticket"); text && takes_ticket) {
    return checked(gateway::open_ticket(secrets_, *text));
  }
  const auto sealed = http::cookie_value(r.header("Cookie"), cookie_name());
  if (sealed.empty()) return denial::none_shown;
  // Own pages send no Origin with what only reads. Other ports and sub-domains are the same site to SameSite.
  const bool by_a_page = !http::is_safe(r.verb) || r.websocket || r.has_header("Origin");
  if (by_a_page && !is_own_page(r)) return denial::other_page;
  return checked(gateway::open_session(secrets_, sealed));
}

judgement gate::of_token(std::string_view token) const {
  if (!verifier_ || token.empty() || token.size() > max_token_bytes) return denial::unknown;
  return verifier_->verify(token, clock_.now());
}

judgement gate::of_proxy(const http::request& r) const {
  const auto& trusted = options_.trusted_proxies;
  if (std::find(trusted.begin(), trusted.end(), r.peer) == trusted.end()) return denial::none_shown;
  // Of two one may be the client's own.
  const auto named = std::count_if(r.fields.begin(), r.fields.end(),
                                   [&](const auto& f) { return base::same_word(f.name, options_.proxy_header); });
  const auto subject = r.header(options_.proxy_header);
  if (named != 1 || subject.empty() || subject.size() > max_proxied_bytes || !base::is_utf8(subject)) {
    return denial::none_shown;
  }
  // The proxy signs the browser in, whoever's page it shows.
  const bool changes = !http::is_safe(r.verb) || r.websocket;
  if (changes && r.has_header("Origin") && !is_own_page(r)) return denial::other_page;
  auto p = std::make_shared<principal>();
  p->issuer = "proxy";
  p->subject = std::string(subject);
  p->owner = owner_of(p->issuer, p->subject);
  p->may = all_scopes & ~static_cast<scopes>(scope::admin);
  return principal_ptr(std::move(p));
}

judgement gate::checked(principal_ptr p) const {
  if (!p) return denial::unknown;
  if (p->expires <= clock_.now()) return denial::expired;
  if (!still_good(*p)) return denial::unknown;
  return p;
}

bool gate::still_good(const principal& p) const {
  if (!options_.asks) return true;
  if (p.has_expired(clock_.now())) return false;
  // A stranger was known by nothing that could be taken away.
  if (!p.is_known()) return true;
  if (!p.session.empty()) {
    const std::lock_guard lock(mutex_);
    if (ended_sessions_.contains(p.session)) return false;
  }
  return !verifier_ || verifier_->still_holds(p);
}

std::optional<base::sys_time> gate::asks_again_at(const principal& p) const {
  if (!options_.asks) return std::nullopt;
  auto at = p.expires;
  if (!p.session.empty() && options_.session_slice.count() != 0) {
    at = earlier(at, clock_.now() + options_.session_slice);
  }
  if (at == base::sys_time{}) return std::nullopt;
  return at;
}

gate::session gate::open_session(const principal& p) const {
  auto who = std::make_shared<principal>(p);
  const auto now = clock_.now();
  who->expires = earlier(p.expires, now + options_.max_session);
  who->session = base::random_id();
  const auto age = std::chrono::duration_cast<base::milliseconds>(who->expires - now);
  return {cookie(seal_session(secrets_, *who), age), std::move(who)};
}

std::string gate::end_session(const principal& p) {
  if (!p.session.empty()) {
    const std::lock_guard lock(mutex_);
    ended_sessions_.add(p.session, p.expires, clock_.now());
  }
  return cookie("", base::milliseconds(0));
}

gate::ticket gate::make_ticket(const principal& p, std::string_view request_id) const {
  principal one = p;
  one.may = static_cast<scopes>(scope::read) | (p.may & static_cast<scopes>(scope::admin));
  one.only_task = std::string(request_id);
  one.expires = earlier(p.expires, clock_.now() + options_.max_ticket);
  return {seal_ticket(secrets_, one), one.expires};
}

// SameSite=Strict: no other site's page makes the browser send it. HttpOnly: no script reads it.
std::string gate::cookie(std::string_view value, base::milliseconds max_age) const {
  return fmt::format("{}={}; Path=/; Max-Age={}; HttpOnly; SameSite=Strict{}", cookie_name(), value,
                     std::chrono::duration_cast<std::chrono::seconds>(max_age).count(), is_secure() ? "; Secure" : "");
}

bool gate::is_own_page(const http::request& r) const noexcept {
  const auto origin = r.header("Origin");
  if (origin.empty()) return false;
  if (!options_.public_url.empty() && base::same_word(origin, options_.public_url)) return true;
  return base::same_word(http::origin_authority(origin), r.authority());
}

key_changes gate::look() {
  return verifier_ ? verifier_->look() : key_changes{};
}

std::optional<std::string> gate::not_ready() const {
  return verifier_ ? verifier_->not_ready() : std::nullopt;
}

}  // namespace streamdemo::gateway
