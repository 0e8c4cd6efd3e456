// Sessions that were ended before their time, until they would have expired: a copy of such a cookie counts no more.
// Bounded; pure: time is an argument.
#pragma once
#include <streamdemo/base/clock.hpp>

#include <map>
#include <set>
#include <string>

namespace streamdemo::gateway {

class ended_sessions {
 public:
  // Who signs in and out without end has the earliest to expire forgotten first.
  explicit ended_sessions(std::size_t most) : most_(most) {}

  void add(const std::string& session, base::sys_time expires, base::sys_time now) {
    while (!by_expiry_.empty() && by_expiry_.begin()->first <= now) forget_first();
    if (!expiry_of_.emplace(session, expires).second) return;
    by_expiry_.emplace(expires, session);
    if (by_expiry_.size() > most_) forget_first();
  }
  bool contains(const std::string& session) const { return expiry_of_.contains(session); }
  std::size_t size() const noexcept { return expiry_of_.size(); }

 private:
  void forget_first() {
    expiry_of_.erase(by_expiry_.begin()->second);
    by_expiry_.erase(by_expiry_.begin());
  }

  const std::size_t most_;
  std::map<std::string, base::sys_time> expiry_of_;
  std::set<std::pair<base::sys_time, std::string>> by_expiry_;
};

}  // namespace streamdemo::gateway
