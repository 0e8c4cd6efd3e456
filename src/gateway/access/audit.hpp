// What an operator wants to read after an incident: one JSON object per act that matters for who may do what, as a line
// of the log under "audit". Refusals, which a stranger can cause without end, at most one line a second for
// each reason, with how many there were. No key, token, ticket or cookie is ever in it. Any thread.
#pragma once
#include <streamdemo/base/clock.hpp>
#include <streamdemo/base/log.hpp>
#include <streamdemo/base/metrics.hpp>
#include <streamdemo/base/quiet.hpp>

#include <map>
#include <mutex>

#include "gateway/access/key_change.hpp"
#include "gateway/access/principal.hpp"

namespace streamdemo::gateway {

class audit {
 public:
  struct act {
    std::string_view what;  // "submit", "cancel" …
    const principal& who;
    std::string_view task;  // empty: none
    std::string_view from;  // the address of the client, or of the proxy in front
    int status = 0;         // of the answer
  };

  // `asks`: somebody is asked for a name; else nothing is told. `clock` outlives it.
  audit(bool asks, const base::clock& clock, base::metrics& metrics, const base::logger& log);

  void done(const act& a);
  // Nothing where nothing is another.
  void keys_changed(const key_change& c);
  // `why`: "unauthenticated", "forbidden", "another's task" …
  void refused(const act& a, std::string_view why);

 private:
  const bool asks_;
  const base::clock& clock_;
  base::metrics& metrics_;
  base::logger log_;
  std::mutex mutex_;
  std::map<std::string, base::quiet, std::less<>> quiet_;  // by reason, of which there are few; under mutex_
};

}  // namespace streamdemo::gateway
