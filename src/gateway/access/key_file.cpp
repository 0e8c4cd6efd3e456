#include <fmt/format.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <streamdemo/base/hash.hpp>
#include <streamdemo/base/json.hpp>
#include <streamdemo/base/secret.hpp>
#include <streamdemo/gateway/access/key_file.hpp>

#include "gateway/access/principal.hpp"
#include "gateway/access/private_file.hpp"

namespace streamdemo::gateway {

namespace {

namespace fs = std::filesystem;
using base::errc;
using base::error;
using base::result;

constexpr std::size_t max_subject_bytes = 128;

std::string text_member(const boost::json::object& o, std::string_view name) {
  const auto* v = o.if_contains(name);
  return v != nullptr && v->is_string() ? std::string(v->get_string()) : std::string{};
}

// nullopt: it is no list of strings. What is missing is empty.
std::optional<std::vector<std::string>> list_member(const boost::json::object& o, std::string_view name) {
  std::vector<std::string> out;
  const auto* v = o.if_contains(name);
  if (v == nullptr) return out;
  if (!v->is_array()) return std::nullopt;
  for (const auto& item : v->get_array()) {
    if (!item.is_string()) return std::nullopt;
    out.emplace_back(item.get_string());
  }
  return out;
}

std::string wrong_wish(std::string_view subject, const std::vector<std::string>& scopes) {
  if (subject.empty() || subject.size() > max_subject_bytes || !base::is_utf8(subject)) {
    return fmt::format("a subject has 1 to {} bytes of UTF-8", max_subject_bytes);
  }
  if (scopes.empty()) return "a key needs a scope: tasks:submit, tasks:read, tasks:cancel or tasks:admin";
  for (const auto& s : scopes) {
    if (!parse_scope(s)) {
      return fmt::format("\"{}\" is no scope; there are tasks:submit, tasks:read, tasks:cancel and tasks:admin", s);
    }
  }
  return {};
}

// What is wrong with the line; empty: nothing.
std::string read_line(std::string_view line, stored_key& k) {
  boost::json::error_code ec;
  const auto value = boost::json::parse(line, ec);
  if (ec || !value.is_object()) return "it is no JSON object";
  const auto& o = value.get_object();
  k.id = text_member(o, "id");
  k.subject = text_member(o, "subject");
  if (k.id.empty()) return "\"id\" is missing";
  const auto digest = base::digest_from_hex(text_member(o, "sha256"));
  if (!digest) return "\"sha256\" is no 64 digits of lower-case hex";
  k.sha256 = *digest;
  auto scopes = list_member(o, "scopes");
  auto kinds = list_member(o, "kinds");
  if (!scopes || !kinds) return "\"scopes\" and \"kinds\" are lists of strings";
  k.scopes = std::move(*scopes);
  k.kinds = std::move(*kinds);
  for (const auto& [name, to] : {std::pair{"created", &k.created}, std::pair{"expires", &k.expires}}) {
    const auto text = text_member(o, name);
    if (text.empty()) {
      if (const auto* v = o.if_contains(name); v != nullptr) return fmt::format("\"{}\" is no time", name);
      continue;
    }
    const auto t = base::parse_time(text);
    if (!t) return fmt::format("\"{}\" is no RFC 3339 time", name);
    *to = *t;
  }
  return wrong_wish(k.subject, k.scopes);
}

std::string line_of(const stored_key& k) {
  std::string out = "{\"id\":" + base::json_string(k.id) + ",\"subject\":" + base::json_string(k.subject);
  out += ",\"scopes\":" + base::json_strings(k.scopes);
  if (!k.kinds.empty()) out += ",\"kinds\":" + base::json_strings(k.kinds);
  out += ",\"created\":\"" + base::format_millis(k.created) + '"';
  if (k.expires != base::sys_time{}) out += ",\"expires\":\"" + base::format_millis(k.expires) + '"';
  out += ",\"sha256\":\"" + base::to_hex(k.sha256) + "\"}\n";
  return out;
}

}  // namespace

result<std::vector<stored_key>> parse_keys(std::string_view text) {
  std::vector<stored_key> out;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    stored_key k;
    if (const auto wrong = read_line(line, k); !wrong.empty()) {
      return error{errc::corrupt, fmt::format("line {} of the keys: {}", number, wrong)};
    }
    out.push_back(std::move(k));
  }
  return out;
}

result<std::vector<stored_key>> read_keys(const fs::path& file) {
  const auto text = private_file::read(file);
  if (!text) return text.error();
  return parse_keys(*text);
}

result<std::string> add_key(const fs::path& file, const key_wish& wish, base::sys_time now) {
  if (const auto wrong = wrong_wish(wish.subject, wish.scopes); !wrong.empty()) {
    return error{errc::invalid_argument, wrong};
  }
  const auto alone = private_file::lock(file);
  if (!alone) return alone.error();
  auto text = private_file::read(file);
  if (!text && text.error().code != errc::not_found) return text.error();
  auto before = text ? *text : std::string{};
  const auto keys = parse_keys(before);
  if (!keys) return keys.error();
  if (wish.first && !keys->empty()) return error{errc::already_exists, file.string() + " has a key already"};
  if (!before.empty() && before.back() != '\n') before += '\n';
  stored_key k;
  // Hex, since an id is an argument of `key revoke`: base64url may begin with a dash, as an option does.
  k.id = base::to_hex(base::random_bytes(6));
  // A prefix by which scanners for secrets know it.
  const auto key = "sdkey_" + base::to_base64url(base::random_bytes(32));
  k.sha256 = base::sha256_bytes(key);
  k.subject = wish.subject;
  k.scopes = wish.scopes;
  k.kinds = wish.kinds;
  k.created = now;
  k.expires = wish.expires;
  if (const auto written = private_file::replace(file, before + line_of(k)); !written) return written.error();
  return key;
}

result<void> revoke_key(const fs::path& file, std::string_view id) {
  const auto alone = private_file::lock(file);
  if (!alone) return alone.error();
  auto keys = read_keys(file);
  if (!keys) return keys.error();
  const auto gone = std::erase_if(*keys, [&](const auto& k) { return k.id == id; });
  if (gone == 0) return error{errc::not_found, fmt::format("no key has the id \"{}\"", id)};
  std::string text;
  for (const auto& k : *keys) text += line_of(k);
  return private_file::replace(file, text);
}

}  // namespace streamdemo::gateway
