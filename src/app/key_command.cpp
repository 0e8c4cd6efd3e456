#include "app/key_command.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <cstdio>
#include <optional>
#include <streamdemo/gateway/access/key_file.hpp>

namespace streamdemo::app {

namespace {

// "90d", "12h", "30m" from now, or an RFC 3339 time.
std::optional<base::sys_time> moment(std::string_view text, base::sys_time now) {
  std::int64_t n = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (ec == std::errc{} && n > 0 && n < 1'000'000 && end + 1 == text.data() + text.size()) {
    if (*end == 'd') return now + std::chrono::hours(24 * n);
    if (*end == 'h') return now + std::chrono::hours(n);
    if (*end == 'm') return now + std::chrono::minutes(n);
  }
  return base::parse_time(text);
}

int failed(const base::error& e) {
  fmt::print(stderr, "streamdemo: {}\n", e.message);
  return 1;
}

int make(const key_command& c, const std::filesystem::path& file) {
  const auto now = base::system_clock().now();
  gateway::key_wish wish{.subject = c.subject, .scopes = c.scopes, .kinds = c.kinds, .expires = {}, .first = c.first};
  if (wish.scopes.empty()) wish.scopes = {"tasks:submit", "tasks:read", "tasks:cancel"};
  if (!c.expires.empty()) {
    const auto at = moment(c.expires, now);
    if (!at || *at <= now) {
      fmt::print(stderr, "streamdemo: --expires takes 90d, 12h, 30m or a time such as 2027-01-31T00:00:00Z to come\n");
      return 2;
    }
    wish.expires = *at;
  }
  const auto key = gateway::add_key(file, wish, now);
  if (!key && key.error().code == base::errc::already_exists) return 0;
  if (!key) return failed(key.error());
  fmt::print("{}\n", *key);
  fmt::print(stderr, "This key of {} is shown once; {} has its digest.\n", c.subject, file.string());
  return 0;
}

int list(const std::filesystem::path& file) {
  const auto keys = gateway::read_keys(file);
  if (!keys && keys.error().code != base::errc::not_found) return failed(keys.error());
  fmt::print("{:<12} {:<24} {:<26} {:<26} {}\n", "ID", "SUBJECT", "CREATED", "EXPIRES", "SCOPES");
  if (!keys) return 0;
  for (const auto& k : *keys) {
    const auto expires = k.expires == base::sys_time{} ? std::string("never") : base::format_millis(k.expires);
    fmt::print("{:<12} {:<24} {:<26} {:<26} {}{}\n", k.id, k.subject, base::format_millis(k.created), expires,
               fmt::join(k.scopes, " "),
               k.kinds.empty() ? std::string{} : fmt::format(" (kinds: {})", fmt::join(k.kinds, " ")));
  }
  return 0;
}

}  // namespace

void add_key_command(CLI::App& key, key_command& c) {
  key.require_subcommand(1);
  // Lets the options that all commands share be written after these commands as well.
  key.fallthrough();
  auto* make_one = key.add_subcommand("new", "Make a key, print it once and append its digest to the file");
  make_one->add_option("--subject", c.subject, "Who it is for; tasks belong to their subject")->required();
  make_one->add_option("--scope", c.scopes,
                       "tasks:submit, tasks:read, tasks:cancel or tasks:admin (may be repeated; the default is the "
                       "first three)");
  make_one->add_option("--kind", c.kinds, "A kind of task that it is for (may be repeated; the default is all)");
  make_one->add_option("--expires", c.expires, "90d, 12h, 30m or a time; the default is never");
  make_one->add_flag("--first", c.first, "Do nothing where there is a key already");
  make_one->fallthrough();
  make_one->callback([&c] { c.to_do = key_command::what::make; });
  auto* all = key.add_subcommand("list", "Show all keys but for what is secret");
  all->fallthrough();
  all->callback([&c] { c.to_do = key_command::what::list; });
  auto* revoke = key.add_subcommand("revoke", "Take a key away; streams of it end within a second");
  revoke
      ->add_option("id,--id", c.id,
                   "As `key list` shows it; one of an earlier version that begins with a dash is written --id=-...")
      ->required();
  revoke->fallthrough();
  revoke->callback([&c] { c.to_do = key_command::what::revoke; });
}

int run_key_command(const key_command& c, const std::filesystem::path& directory) {
  const auto file = directory / "keys";
  switch (c.to_do) {
    case key_command::what::make:
      return make(c, file);
    case key_command::what::list:
      return list(file);
    case key_command::what::revoke: {
      const auto gone = gateway::revoke_key(file, c.id);
      return gone ? 0 : failed(gone.error());
    }
  }
  return 0;
}

}  // namespace streamdemo::app
