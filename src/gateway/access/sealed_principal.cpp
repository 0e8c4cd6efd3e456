#include "gateway/access/sealed_principal.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_to.hpp>

namespace streamdemo::gateway {

namespace {

constexpr std::string_view session_purpose = "session 1";
constexpr std::string_view ticket_purpose = "ticket 1";
// More is no cookie, and no address.
constexpr std::size_t max_sealed_bytes = 4096;

std::string text_of(const principal& p) {
  boost::json::object o;
  o["iss"] = p.issuer;
  o["sub"] = p.subject;
  o["may"] = p.may;
  o["kinds"] = boost::json::array(p.kinds.begin(), p.kinds.end());
  o["exp"] = p.expires.time_since_epoch().count();
  o["key"] = p.key;
  o["sid"] = p.session;
  if (!p.only_task.empty()) o["task"] = p.only_task;
  return boost::json::serialize(o);
}

// It was sealed by us, so it has the members that text_of() gives it.
principal_ptr principal_of(std::string_view text) {
  boost::json::error_code ec;
  const auto value = boost::json::parse(text, ec);
  if (ec || !value.is_object()) return nullptr;
  const auto& o = value.get_object();
  auto p = std::make_shared<principal>();
  p->issuer = boost::json::value_to<std::string>(o.at("iss"));
  p->subject = boost::json::value_to<std::string>(o.at("sub"));
  p->owner = owner_of(p->issuer, p->subject);
  p->may = static_cast<scopes>(o.at("may").to_number<int>());
  p->kinds = boost::json::value_to<std::vector<std::string>>(o.at("kinds"));
  p->expires = base::sys_time(base::sys_time::duration(o.at("exp").to_number<std::int64_t>()));
  p->key = boost::json::value_to<std::string>(o.at("key"));
  p->session = boost::json::value_to<std::string>(o.at("sid"));
  if (const auto* task = o.if_contains("task")) p->only_task = boost::json::value_to<std::string>(*task);
  return p;
}

principal_ptr opened(const secrets& s, std::string_view purpose, std::string_view sealed) {
  if (sealed.size() > max_sealed_bytes) return nullptr;
  const auto text = s.open(purpose, sealed);
  return text ? principal_of(*text) : nullptr;
}

}  // namespace

std::string seal_session(const secrets& s, const principal& p) {
  return s.seal(session_purpose, text_of(p));
}

std::string seal_ticket(const secrets& s, const principal& p) {
  return s.seal(ticket_purpose, text_of(p));
}

principal_ptr open_session(const secrets& s, std::string_view sealed) {
  return opened(s, session_purpose, sealed);
}

principal_ptr open_ticket(const secrets& s, std::string_view sealed) {
  return opened(s, ticket_purpose, sealed);
}

}  // namespace streamdemo::gateway
