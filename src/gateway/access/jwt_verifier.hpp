// Bearer tokens of OAuth 2.0 and OpenID Connect issuers (auth.mode = "jwt"). Keys are got ahead of need and kept while
// their issuer is away; who names a key that is not among them makes them be got anew, at most once per half minute.
#pragma once
#include <streamdemo/base/log.hpp>
#include <streamdemo/base/metrics.hpp>

#include <array>

#include "gateway/access/judged_tokens.hpp"
#include "gateway/access/key_feed.hpp"
#include "gateway/access/refresh_plan.hpp"
#include "gateway/access/snapshot.hpp"
#include "gateway/access/token_verifier.hpp"

namespace streamdemo::gateway {

class jwt_verifier final : public token_verifier {
 public:
  struct issuer {
    std::string name;     // in log lines and labels
    jwt_rules rules;      // no two issuers have the same
    std::string where;    // its keys come from
    std::string ca_file;  // as in make_key_feed()
  };

  // Reads the files there are, and begins to ask for the rest. `clock` and `m` outlive it.
  jwt_verifier(std::vector<issuer> issuers, const base::clock& clock, base::metrics& m, const base::logger& log);

  judgement verify(std::string_view token, base::sys_time now) const override;
  bool still_holds(const principal& p) const override;
  key_changes look() override;
  std::optional<std::string> not_ready() const override;

 private:
  // What tokens are judged by at one time: each issuer's keys, nullptr before they are there.
  struct judges {
    std::vector<std::shared_ptr<const jwk_set>> keys;
    mutable judged_tokens judged;
  };
  // One issuer, with what is known of its keys.
  struct source {
    issuer of;
    std::unique_ptr<key_feed> feed;
    refresh_plan plan;                            // under mutex_
    std::string wrong;                            // why they could not be got; under mutex_
    std::string text;                             // as they were got last; look() only
    std::optional<base::steady_time> said_wrong;  // look() only
    base::gauge& age;
  };
  class refusals {
   public:
    explicit refusals(base::metrics& m);
    void count(jwt_fault f) const { by_fault_[static_cast<std::size_t>(f)]->Increment(); }
    void count_unavailable() const { unavailable_->Increment(); }

   private:
    std::array<base::counter*, jwt_faults> by_fault_{};
    base::counter* unavailable_;
  };

  static std::shared_ptr<const judges> none_yet(std::size_t issuers);
  // nullopt: nobody's.
  std::optional<std::size_t> place_of(std::string_view iss) const noexcept;
  judgement refused(jwt_fault f) const;
  judgement unavailable() const;
  // Whether keys that are not there may come: they are asked for, or were just now.
  bool may_come(source& s) const;
  // The keys that came, if they are others than before.
  std::shared_ptr<const jwk_set> take_in(source& s, const base::result<std::string>& came, base::steady_time now);
  void complain(source& s, const std::string& what, base::steady_time now);

  const base::clock& clock_;
  const base::steady_time began_;
  base::logger log_;
  refusals refusals_;
  mutable std::mutex mutex_;
  mutable std::vector<source> sources_;
  snapshot<judges> judges_;
};

}  // namespace streamdemo::gateway
