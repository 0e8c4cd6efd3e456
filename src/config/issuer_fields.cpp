// The settings of a token issuer, [auth.issuers.NAME]. For a new one, add a member to the structure and an entry here.
#include "config/make_field.hpp"

namespace streamdemo::config {

std::vector<issuer_field> issuer_fields() {
  return {
      text<token_issuer>("issuer", AT(issuer), wrong_issuer, "1 … 256 characters",
                         "The issuer, exactly as in `iss` of its tokens."),
      list<token_issuer>("audience", AT(audience), may_be_empty::no, wrong_if_empty, "texts",
                         "The names of this service in `aud` of its tokens; one of them is enough."),
      text<token_issuer>(
          "jwks", AT(jwks), wrong_jwks, "https://…, http:// of this machine, or a file's path",
          "Its keys (JWK Set). A URL is read every 5 minutes, a file is checked every second; known keys "
          "are kept while the source cannot be read."),
      text<token_issuer>("ca_file", AT(ca_file), nullptr, "a path, or empty",
                         "The authorities (PEM) that may have signed the certificate of an https address in jwks, "
                         "instead of the system's."),
      list<token_issuer>("algorithms", AT(algorithms), may_be_empty::no, wrong_algorithm,
                         "RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA",
                         "The algorithms that its tokens may be signed with; no other one that a token names counts."),
      list<token_issuer>("types", AT(types), may_be_empty::no, wrong_if_empty, "media types without application/",
                         "What its tokens may have in `typ`. Some issuers write JWT also for access tokens: add that "
                         "only if their ID tokens have another audience."),
      text<token_issuer>("scope_prefix", AT(scope_prefix), nullptr, "a text",
                         "What its scopes have before tasks:submit, tasks:read, tasks:cancel and tasks:admin."),
      text<token_issuer>("kinds_claim", AT(kinds_claim), nullptr, "a claim's name, or empty",
                         "The claim with the kinds of tasks that a token is valid for; a token without it is refused. "
                         "Empty: every token is valid for all kinds."),
      number<token_issuer>("leeway_ms", AT(leeway), 0, 10 * minute,
                           "How far in the future `nbf` and `iat` may lie, if the issuer's clock is ahead; `exp` has "
                           "no such leeway."),
      text<token_issuer>("client_id", AT(client_id), nullptr, "a client's name at the issuer, or empty",
                         "As which client the web pages sign people in there: a public one, with an authorization code "
                         "and PKCE. Empty: they do not offer it."),
      text<token_issuer>("sign_in_scope", AT(sign_in_scope), nullptr, "scopes with a blank between them",
                         "The scopes that the pages ask for, as the issuer calls them."),
      text<token_issuer>(
          "sign_in_resource", AT(sign_in_resource), nullptr, "an absolute URI, or empty",
          "The resource that the pages name (RFC 8707), if the issuer needs that to make an access token "
          "for this service."),
      text<token_issuer>("authorization_endpoint", AT(authorization_endpoint), wrong_endpoint,
                         "https://…, http:// of this machine, or empty",
                         "Where the pages send a browser to sign in. Empty: what the issuer says in "
                         "/.well-known/openid-configuration."),
      text<token_issuer>("token_endpoint", AT(token_endpoint), wrong_endpoint,
                         "https://…, http:// of this machine, or empty",
                         "Where the pages exchange the code for a token; set it together with authorization_endpoint. "
                         "Needed if it is on another host than the issuer."),
  };
}

}  // namespace streamdemo::config
