// From a request to its principal: by a bearer token, by the cookie of a session, by a ticket, or by the word of a
// proxy that is trusted; where nobody is asked for a name, everyone. Any thread, but for look().
#pragma once
#include <streamdemo/base/clock.hpp>
#include <streamdemo/http/message.hpp>

#include <mutex>

#include "gateway/access/ended_sessions.hpp"
#include "gateway/access/secrets.hpp"
#include "gateway/access/token_verifier.hpp"

namespace streamdemo::gateway {

class gate {
 public:
  struct options {
    bool asks = false;                         // false: everyone may do everything
    std::string public_url;                    // as browsers see this server; empty: by the request's Host, over http
    base::milliseconds max_session{0};         // the longest session
    base::milliseconds max_ticket{0};          // the longest ticket
    base::milliseconds session_slice{0};       // how long a session's stream goes on unasked; 0: until the session ends
    std::vector<std::string> trusted_proxies;  // addresses; empty: no proxy's word counts
    std::string proxy_header;                  // in which it names the subject
  };

  // `verifier`: nullptr when tokens are not taken. `clock` outlives it.
  gate(options o, secrets s, std::unique_ptr<token_verifier> verifier, const base::clock& clock);

  bool asks() const noexcept { return options_.asks; }
  const secrets& own_secrets() const noexcept { return secrets_; }

  // Who a request is. A ticket is looked at only where `takes_ticket`.
  judgement admit(const http::request& r, bool takes_ticket) const;
  // The page that sends `r` is one of this server's own.
  bool is_own_page(const http::request& r) const noexcept;
  // Who a bearer token is.
  judgement of_token(std::string_view token) const;
  // Whether `p` is still who it was: not expired, its key there, its session not ended.
  bool still_good(const principal& p) const;
  // When a stream of `p` must ask again or end; nullopt: never.
  std::optional<base::sys_time> asks_again_at(const principal& p) const;

  // A session for who showed a token: its Set-Cookie value, and who it is from now on.
  struct session {
    std::string cookie;
    principal_ptr who;
  };
  session open_session(const principal& p) const;
  // Ends it here at once. The Set-Cookie value that makes the browser forget it.
  std::string end_session(const principal& p);

  // Reads one task, for pages of other origins.
  struct ticket {
    std::string text;
    base::sys_time expires;
  };
  ticket make_ticket(const principal& p, std::string_view request_id) const;

  // Where there are some, who was admitted must be judged anew. By one thread at a time; may read a small file.
  key_changes look();
  std::optional<std::string> not_ready() const;

 private:
  bool is_secure() const noexcept { return options_.public_url.starts_with("https://"); }
  std::string_view cookie_name() const noexcept { return is_secure() ? "__Host-streamdemo" : "streamdemo"; }
  std::string cookie(std::string_view value, base::milliseconds max_age) const;
  judgement checked(principal_ptr p) const;
  judgement of_proxy(const http::request& r) const;

  const options options_;
  const secrets secrets_;
  const std::unique_ptr<token_verifier> verifier_;
  const base::clock& clock_;
  mutable std::mutex mutex_;
  ended_sessions ended_sessions_;  // under mutex_
};

}  // namespace streamdemo::gateway
