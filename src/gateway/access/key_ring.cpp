#include "gateway/access/key_ring.hpp"

#include <sys/stat.h>

#include <streamdemo/base/hash.hpp>
#include <utility>

namespace streamdemo::gateway {

namespace {

principal_ptr principal_of(const stored_key& k) {
  auto p = std::make_shared<principal>();
  p->issuer = key_ring::issuer;
  p->subject = k.subject;
  p->owner = owner_of(p->issuer, p->subject);
  for (const auto& name : k.scopes) p->may |= static_cast<scopes>(parse_scope(name).value_or(scope{0}));
  p->kinds = k.kinds;
  p->expires = k.expires;
  p->key = k.id;
  return p;
}

}  // namespace

key_ring::key_ring(std::filesystem::path file, const base::logger& log)
    : file_(std::move(file)), log_(log.child("keys")), keys_(std::make_shared<const keys>()) {
  look();
}

judgement key_ring::verify(std::string_view token, base::sys_time now_is) const {
  const auto ring = keys_.get();
  const auto it = ring->by_hash.find(base::sha256_bytes(token));
  if (it == ring->by_hash.end()) return denial::unknown;
  const auto& p = it->second;
  if (p->has_expired(now_is)) return denial::expired;
  return p;
}

bool key_ring::still_holds(const principal& p) const {
  const auto ring = keys_.get();
  const auto it = ring->by_id.find(p.key);
  if (it == ring->by_id.end()) return false;
  // The very one, which is most often asked about.
  if (it->second.get() == &p) return true;
  // A line that was edited: what was known then is not what is known now.
  const auto& k = *it->second;
  const auto held = has_scope(k.may, scope::admin) ? all_scopes : k.may;
  const bool in_time = k.expires == base::sys_time{} || (p.expires != base::sys_time{} && p.expires <= k.expires);
  return k.subject == p.subject && (p.may & ~held) == 0 && k.kinds == p.kinds && in_time;
}

key_changes key_ring::look() {
  const auto s = stamp_now();
  if (seen_ == s) return {};
  seen_ = s;
  auto read = read_keys(file_);
  if (!read && read.error().code != base::errc::not_found) {
    // What could not be read may be readable the next time, under the same stamp.
    if (read.error().code != base::errc::corrupt) seen_.reset();
    if (std::exchange(trouble_, read.error().message) == read.error().message) return {};
    log_.error("{}: {}; the keys from before stay as they are", file_.string(), read.error().message);
    return {};
  }
  trouble_.clear();
  auto fresh = std::make_shared<keys>();
  std::map<std::string, stored_key> lines;
  if (read) {
    for (const auto& k : *read) {
      const auto p = principal_of(k);
      fresh->by_hash[k.sha256] = p;
      fresh->by_id[k.id] = p;
      lines[k.id] = k;
    }
  }
  if (fresh->by_id.empty()) {
    log_.warning("{} has no keys, so nobody can call; make one with `streamdemo key new`", file_.string());
  }
  auto change = change_between(std::string(issuer), lines_, lines);
  lines_ = std::move(lines);
  keys_.set(std::move(fresh));
  return {std::move(change)};
}

std::optional<std::string> key_ring::not_ready() const {
  return std::nullopt;
}

key_ring::stamp key_ring::stamp_now() const {
  struct stat s{};
  if (::stat(file_.c_str(), &s) != 0) return {};
  return {s.st_ino, s.st_ctim.tv_sec * 1'000'000'000 + s.st_ctim.tv_nsec, static_cast<std::uint64_t>(s.st_size)};
}

}  // namespace streamdemo::gateway
