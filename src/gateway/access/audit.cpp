#include "gateway/access/audit.hpp"

#include <fmt/format.h>

#include <streamdemo/base/json.hpp>

namespace streamdemo::gateway {

namespace {

void add(std::string& out, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  out += fmt::format(",\"{}\":", name);
  base::append_json_string(out, base::is_utf8(value) ? value : "?");
}

std::string members_of(const audit::act& a) {
  std::string out = "\"act\":" + base::json_string(a.what);
  add(out, "issuer", a.who.issuer);
  add(out, "subject", a.who.subject);
  add(out, "key", a.who.key);
  add(out, "session", a.who.session);
  add(out, "task", a.task);
  add(out, "from", a.from);
  if (a.status != 0) out += fmt::format(",\"status\":{}", a.status);
  return out;
}

base::counter& refusals(base::metrics& m, std::string_view why) {
  return m.counter("streamdemo_refused_total", "Requests and messages refused for who sent them",
                   {{"reason", std::string(why)}});
}

}  // namespace

audit::audit(bool asks, const base::clock& clock, base::metrics& metrics, const base::logger& log)
    : asks_(asks), clock_(clock), metrics_(metrics), log_(log.child("audit")) {
  // From the start on: a series that appears with its first refusal has no growth that an alarm could see.
  for (const auto* why : {"unauthenticated", "forbidden", "unknown-task", "quota"}) {
    if (asks_) refusals(metrics_, why);
  }
}

void audit::done(const act& a) {
  if (asks_) log_.info("{{{}}}", members_of(a));
}

void audit::keys_changed(const key_change& c) {
  if (asks_ && c.any()) log_.info("{{{}}}", members_of(c));
}

void audit::refused(const act& a, std::string_view why) {
  if (!asks_) return;
  refusals(metrics_, why).Increment();
  const std::lock_guard lock(mutex_);
  quiet_[std::string(why)].say(clock_.now(), [&](std::size_t times) {
    log_.warning("{{{},\"refused\":{},\"times\":{}}}", members_of(a), base::json_string(why), times);
  });
}

}  // namespace streamdemo::gateway
