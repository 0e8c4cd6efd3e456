// A principal as text that a client keeps for us: in a session's cookie or in a ticket. It names who was signed in and
// what they may, never the key or the token by which they did. Pure.
#pragma once
#include "gateway/access/principal.hpp"
#include "gateway/access/secrets.hpp"

namespace streamdemo::gateway {

std::string seal_session(const secrets& s, const principal& p);
std::string seal_ticket(const secrets& s, const principal& p);

// As it was sealed, for that purpose; nullptr: it is not ours. Whether it has expired is not asked.
principal_ptr open_session(const secrets& s, std::string_view sealed);
principal_ptr open_ticket(const secrets& s, std::string_view sealed);

}  // namespace streamdemo::gateway
