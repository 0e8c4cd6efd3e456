#include "gateway/access/jwt_verifier.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <streamdemo/base/hash.hpp>

namespace streamdemo::gateway {

namespace {

constexpr const char* refusals_help = "Tokens that were refused with auth.mode jwt, by reason.";
// The same complaint is not repeated sooner.
constexpr std::chrono::minutes complaint_pause{1};

base::counter& refusals_of(base::metrics& m, std::string_view reason) {
  return m.counter("streamdemo_auth_tokens_refused_total", refusals_help, {{"reason", std::string(reason)}});
}

// What tells the keys of one name from those of the same name before: their thumbprints. A key without a name goes by
// its own.
std::map<std::string, std::string> names_of(const std::shared_ptr<const jwk_set>& set) {
  std::map<std::string, std::string> out;
  if (!set) return out;
  for (const auto& k : set->keys) out[k.kid.empty() ? k.thumbprint : k.kid] += k.thumbprint;
  return out;
}

}  // namespace

jwt_verifier::refusals::refusals(base::metrics& m) : unavailable_(&refusals_of(m, "unavailable")) {
  for (std::size_t i = 0; i < jwt_faults; ++i) by_fault_[i] = &refusals_of(m, to_string(static_cast<jwt_fault>(i)));
}

jwt_verifier::jwt_verifier(std::vector<issuer> issuers, const base::clock& clock, base::metrics& m,
                           const base::logger& log)
    : clock_(clock), began_(clock.even()), log_(log.child("tokens")), refusals_(m), judges_(none_yet(issuers.size())) {
  sources_.reserve(issuers.size());
  for (auto& i : issuers) {
    auto feed = make_key_feed(i.where, i.ca_file);
    const auto period = feed->period();
    auto& age = m.gauge("streamdemo_auth_keys_age_seconds",
                        "Since the keys of an issuer were got last; if they never were, since the start.",
                        {{"issuer", i.name}});
    sources_.push_back({std::move(i), std::move(feed), refresh_plan(period), {}, {}, {}, age});
  }
  look();
}

judgement jwt_verifier::verify(std::string_view token, base::sys_time now_is) const {
  if (token.size() > max_jwt_bytes) return refused(jwt_fault::too_large);
  const auto by = judges_.get();
  const auto digest = base::sha256_bytes(token);
  if (const auto known = by->judged.find(digest, now_is)) {
    return *known ? judgement(**known) : refused(known->error());
  }
  const auto read = read_jwt(token);
  if (read.has_error()) return refused(read.error());
  const auto place = place_of(read->issuer());
  if (!place) return refused(jwt_fault::issuer);
  auto& s = sources_[*place];
  const auto& keys = by->keys[*place];
  if (!keys) return unavailable();
  const auto judged = judge_jwt(*read, s.of.rules, *keys, now_is);
  // Whether a key is unknown can change at any moment.
  if (judged.has_error() && judged.error() == jwt_fault::key)
    return may_come(s) ? unavailable() : refused(jwt_fault::key);
  by->judged.keep(digest, judged, now_is);
  return judged ? judgement(*judged) : refused(judged.error());
}

bool jwt_verifier::still_holds(const principal& p) const {
  const auto place = place_of(p.issuer);
  if (!place) return false;
  const auto keys = judges_.get()->keys[*place];
  // Before an issuer's keys are there nothing says that one was withdrawn.
  if (!keys) return true;
  return std::ranges::any_of(keys->keys, [&](const jwk& k) { return k.thumbprint == p.key; });
}

key_changes jwt_verifier::look() {
  const auto at = clock_.even();
  auto keys = judges_.get()->keys;
  key_changes changes;
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    auto& s = sources_[i];
    bool due = false;
    {
      const std::lock_guard lock(mutex_);
      due = s.plan.ask(at);
    }
    if (due) s.feed->ask();
    if (const auto came = s.feed->take()) {
      if (auto fresh = take_in(s, *came, at)) {
        changes.push_back(change_between(s.of.name, names_of(keys[i]), names_of(fresh)));
        keys[i] = std::move(fresh);
      }
    }
    const std::lock_guard lock(mutex_);
    s.age.Set(std::chrono::duration<double>(at - s.plan.got_at().value_or(began_)).count());
  }
  if (changes.empty()) return changes;
  auto fresh = std::make_shared<judges>();
  fresh->keys = std::move(keys);
  judges_.set(std::move(fresh));
  return changes;
}

std::optional<std::string> jwt_verifier::not_ready() const {
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    if (judges_.get()->keys[i]) continue;
    const auto& s = sources_[i];
    return fmt::format("the keys of auth.issuers.{} are not there yet: {}", s.of.name,
                       s.wrong.empty() ? s.of.where + " was asked" : s.wrong);
  }
  return std::nullopt;
}

std::shared_ptr<const jwt_verifier::judges> jwt_verifier::none_yet(std::size_t issuers) {
  auto out = std::make_shared<judges>();
  out->keys.resize(issuers);
  return out;
}

std::optional<std::size_t> jwt_verifier::place_of(std::string_view iss) const noexcept {
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    if (sources_[i].of.rules.issuer == iss) return i;
  }
  return std::nullopt;
}

judgement jwt_verifier::refused(jwt_fault f) const {
  refusals_.count(f);
  return f == jwt_fault::expired ? denial::expired : denial::unknown;
}

judgement jwt_verifier::unavailable() const {
  refusals_.count_unavailable();
  return denial::unavailable;
}

bool jwt_verifier::may_come(source& s) const {
  {
    const std::lock_guard lock(mutex_);
    if (s.plan.under_way()) return true;
    if (!s.plan.ask_for_unknown_key(clock_.even())) return false;
  }
  s.feed->ask();
  return true;
}

std::shared_ptr<const jwk_set> jwt_verifier::take_in(source& s, const base::result<std::string>& came,
                                                     base::steady_time at) {
  // A file is looked at every second: what is the same is not read again.
  const bool same = came && !s.text.empty() && *came == s.text;
  auto set = same   ? base::result<jwk_set>(jwk_set())
             : came ? parse_jwk_set(*came)
                    : base::result<jwk_set>(came.error());
  {
    const std::lock_guard lock(mutex_);
    s.wrong = set ? std::string() : s.of.where + " " + set.error().message;
    if (set) {
      s.plan.got(at);
    } else {
      s.plan.failed(at);
    }
  }
  if (!set) {
    complain(s, set.error().message, at);
    return nullptr;
  }
  s.said_wrong.reset();
  if (same) return nullptr;
  s.text = *came;
  log_.info("auth.issuers.{}: {} key(s) from {}{}", s.of.name, set->keys.size(), s.of.where,
            set->passed_over.empty()
                ? std::string()
                : fmt::format("; {} passed over: {}", set->passed_over.size(), set->passed_over.front()));
  return std::make_shared<const jwk_set>(std::move(*set));
}

void jwt_verifier::complain(source& s, const std::string& what, base::steady_time at) {
  if (s.said_wrong && at - *s.said_wrong < complaint_pause) return;
  s.said_wrong = at;
  log_.error("auth.issuers.{}: {} {}; {}", s.of.name, s.of.where, what,
             s.text.empty() ? "until its keys are there, its tokens are answered 503" : "the keys from before stay");
}

}  // namespace streamdemo::gateway
