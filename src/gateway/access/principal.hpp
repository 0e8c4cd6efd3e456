// Who asks: found out once per request, and for a socket once per message. Immutable, shared by whatever is done for
// one client; any thread.
#pragma once
#include <streamdemo/base/clock.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace streamdemo::gateway {

// What a principal may do with its own tasks; admin: with all tasks. A set of them is their sum.
enum class scope : std::uint8_t { submit = 1, read = 2, cancel = 4, admin = 8 };
using scopes = std::uint8_t;
inline constexpr scopes all_scopes = 15;

constexpr bool has_scope(scopes s, scope one) noexcept {
  return (s & static_cast<scopes>(one)) != 0;
}

// "tasks:submit".
std::string_view to_string(scope s) noexcept;
std::optional<scope> parse_scope(std::string_view text) noexcept;
// All of them, separated by a blank, as OAuth 2.0 writes them (RFC 6749 section 3.3).
std::string to_string(scopes s);

struct principal {
  std::string issuer;   // who vouches for the subject: "keys", "proxy", or an issuer's URL; empty: nobody was asked
  std::string subject;  // unique at the issuer
  std::string owner;    // of what it submits: stands for issuer and subject in the log
  scopes may = 0;
  std::vector<std::string> kinds;  // of tasks that it has to do with; empty: all
  base::sys_time expires{};        // from then on it is nobody; zero: never
  std::string key;                 // the id of the key by which it was known; empty: by none
  std::string session;             // the id of the session by which it was known; empty: by none
  std::string only_task;           // a ticket: nothing but this task's reading addresses; empty: all tasks

  // False: a stranger, who may still say who it is.
  bool is_known() const noexcept { return !issuer.empty() || may != 0; }
  bool has_expired(base::sys_time now) const noexcept { return expires != base::sys_time{} && expires <= now; }
};

using principal_ptr = std::shared_ptr<const principal>;

// 22 characters that stand for a subject of an issuer: the same at every gateway, and in the log for good.
std::string owner_of(std::string_view issuer, std::string_view subject);

// Nobody in particular: sees no task, may do nothing.
principal_ptr nobody();

// Everyone, where nobody is asked for a name: may do everything with every task.
principal_ptr anyone();

}  // namespace streamdemo::gateway
