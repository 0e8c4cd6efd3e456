// Signing in on the pages with an issuer whose table names a client_id. The page itself talks to the issuer; here is
// what it must know, and whom it may talk to.
#pragma once
#include <streamdemo/config/settings.hpp>

#include <string>
#include <string_view>

namespace streamdemo::gateway {

// The issuers that one can sign in with, as a JSON array; empty text: tokens are not taken here (auth.mode).
std::string sign_in_json(const config::settings& s);
// The Content-Security-Policy of the pages: beside this server, they may connect to those issuers, and to nobody else.
// `origin_of_links`: where clips may come from, too; may be empty.
std::string page_policy(const config::settings& s, std::string_view origin_of_links);

}  // namespace streamdemo::gateway
