#include "gateway/access/jwt.hpp"

#include <fmt/format.h>

#include "unit/gateway/access/token_maker.hpp"

using namespace streamdemo;
using namespace streamdemo::gateway;
using test::signing_key;
using test::token;

namespace {

constexpr std::int64_t second_now = 1'800'000'000;
const base::sys_time now = base::sys_time(std::chrono::seconds(second_now));

// What all cases have: keys are costly to make.
struct issuer {
  signing_key rsa = signing_key::rsa();
  signing_key elliptic = signing_key::elliptic();
  jwk_set keys = *parse_jwk_set(test::jwks({rsa.jwk(R"(,"kid":"r")"), elliptic.jwk(R"(,"kid":"e","use":"sig")")}));
  jwt_rules rules{.issuer = "https://issuer.example",
                  .audience = {"streamdemo", "https://tasks.example"},
                  .algorithms = {base::signature_algorithm::rs256, base::signature_algorithm::es256},
                  .types = {"at+jwt"},
                  .leeway = std::chrono::seconds(60)};
};

const issuer& the_issuer() {
  static const issuer one;
  return one;
}

std::string head(const std::string& alg = "RS256", const std::string& more = R"(,"kid":"r")") {
  return R"({"typ":"at+jwt","alg":")" + alg + "\"" + more + "}";
}

std::string claims(const std::string& more = "") {
  return fmt::format(
      R"({{"iss":"https://issuer.example","aud":"streamdemo","sub":"alice","exp":{},"scope":"tasks:read tasks:submit"{}}})",
      second_now + 600, more);
}

jwt_result<principal_ptr> judged(const std::string& text, const jwt_rules& rules = the_issuer().rules,
                                 const jwk_set& keys = the_issuer().keys) {
  const auto t = read_jwt(text);
  if (t.has_error()) return t.error();
  return judge_jwt(*t, rules, keys, now);
}

// "" for a good one, otherwise the fault's name.
std::string verdict(const std::string& text, const jwt_rules& rules = the_issuer().rules,
                    const jwk_set& keys = the_issuer().keys) {
  const auto j = judged(text, rules, keys);
  return j ? std::string() : std::string(to_string(j.error()));
}

std::string signed_with_rsa(const std::string& claims_text) {
  return token(the_issuer().rsa, "RS256", head(), claims_text);
}

}  // namespace

TEST_CASE("a good token tells who it is") {
  const auto who = judged(signed_with_rsa(claims()));
  REQUIRE(who.has_value());
  const auto& p = **who;
  CHECK(p.issuer == "https://issuer.example");
  CHECK(p.subject == "alice");
  CHECK(p.owner == owner_of("https://issuer.example", "alice"));
  CHECK(to_string(p.may) == "tasks:submit tasks:read");
  CHECK(p.kinds.empty());
  CHECK(p.expires == now + std::chrono::minutes(10));
  CHECK(p.key == the_issuer().keys.keys[0].thumbprint);
  CHECK(p.session.empty());
}

TEST_CASE("each algorithm judges its own signatures, with its own kind of key") {
  using a = base::signature_algorithm;
  const auto& i = the_issuer();
  const std::vector<std::pair<std::string, signing_key>> signers{{"RS256", i.rsa},
                                                                 {"RS384", i.rsa},
                                                                 {"RS512", i.rsa},
                                                                 {"PS256", i.rsa},
                                                                 {"PS384", i.rsa},
                                                                 {"PS512", i.rsa},
                                                                 {"ES256", i.elliptic},
                                                                 {"ES384", signing_key::elliptic("P-384")},
                                                                 {"ES512", signing_key::elliptic("P-521")},
                                                                 {"EdDSA", signing_key::ed25519()}};
  auto rules = i.rules;
  rules.algorithms = {a::rs256, a::rs384, a::rs512, a::ps256, a::ps384,
                      a::ps512, a::es256, a::es384, a::es512, a::eddsa};
  for (const auto& [alg, key] : signers) {
    CAPTURE(alg);
    const auto keys = *parse_jwk_set(test::jwks({key.jwk(R"(,"kid":"k")")}));
    const auto good = token(key, alg, head(alg, R"(,"kid":"k")"), claims());
    CHECK(verdict(good, rules, keys) == "");
    // One letter of the claims, and of the signature.
    auto other = good;
    other[good.find('.') + 9] = other[good.find('.') + 9] == 'A' ? 'B' : 'A';
    CHECK(verdict(other, rules, keys) != "");
    other = good;
    other[good.rfind('.') + 3] = other[good.rfind('.') + 3] == 'A' ? 'B' : 'A';
    CHECK(verdict(other, rules, keys) == "signature");
    // Every other name over the same signature.
    for (const auto& [named, other_key] : signers) {
      if (named == alg) continue;
      CAPTURE(named);
      const auto text = test::unsigned_token(head(named, R"(,"kid":"k")"), claims());
      const auto as = verdict(text + "." + base::to_base64url(key.sign(alg, text)), rules, keys);
      CHECK((as == "signature" || as == "algorithm"));
    }
    // One that the rules do not name.
    if (alg != "RS256" && alg != "ES256") CHECK(verdict(good, i.rules, keys) == "algorithm");
  }
}

TEST_CASE("no algorithm of the token's choice") {
  const auto& i = the_issuer();
  for (const auto* none : {"none", "None", "NONE", "", "rs256", "RS256 "}) {
    CAPTURE(none);
    CHECK(verdict(test::unsigned_token(head(none), claims()) + ".") == "algorithm");
    CHECK(verdict(token(i.rsa, "RS256", head(none), claims())) == "algorithm");
  }
  // The public key, in the forms in which it is published, as the secret of an HMAC.
  for (const auto& secret : {i.rsa.jwk(R"(,"kid":"r")"), i.rsa.jwk(), i.keys.keys[0].thumbprint}) {
    const auto text = test::unsigned_token(head("HS256"), claims());
    CHECK(verdict(text + "." + base::to_base64url(base::hmac_sha256(secret, text))) == "algorithm");
    const auto named_right = test::unsigned_token(head("RS256"), claims());
    CHECK(verdict(named_right + "." + base::to_base64url(base::hmac_sha256(secret, named_right))) == "signature");
  }
  // No signature where one is named.
  CHECK(verdict(test::unsigned_token(head(), claims()) + ".") == "signature");
  // A key of the wrong type.
  CHECK(verdict(token(i.rsa, "RS256", head("ES256"), claims())) == "algorithm");
  CHECK(verdict(token(i.elliptic, "ES256", head("ES256"), claims())) == "algorithm");
  CHECK(verdict(token(i.elliptic, "ES256", head("ES256", R"(,"kid":"e")"), claims())) == "");
  // A key that the issuer uses with another algorithm only.
  const auto keys = *parse_jwk_set(test::jwks({i.rsa.jwk(R"(,"kid":"r","alg":"PS256")")}));
  CHECK(verdict(signed_with_rsa(claims()), i.rules, keys) == "algorithm");
}

TEST_CASE("an elliptic signature is its numbers side by side") {
  const auto& i = the_issuer();
  const auto h = head("ES256", R"(,"kid":"e")");
  CHECK(verdict(token(i.elliptic, "ES256", h, claims(), true)) == "signature");
  const auto text = test::unsigned_token(h, claims());
  // r = s = 0 was good for everything in a library that did not look.
  CHECK(verdict(text + "." + base::to_base64url(std::string(64, '\0'))) == "signature");
  CHECK(verdict(text + "." + base::to_base64url(std::string(63, '\1'))) == "signature");
  CHECK(verdict(text + "." + base::to_base64url(std::string(65, '\1'))) == "signature");
}

TEST_CASE("the key is the issuer's, whatever the head carries") {
  const auto& i = the_issuer();
  CHECK(verdict(token(i.rsa, "RS256", head("RS256", R"(,"kid":"gone")"), claims())) == "key");
  // Without a kid: the only key that fits.
  CHECK(verdict(token(i.rsa, "RS256", head("RS256", ""), claims())) == "");
  const auto two = *parse_jwk_set(test::jwks({i.rsa.jwk(R"(,"kid":"a")"), i.rsa.jwk(R"(,"kid":"b")")}));
  CHECK(verdict(token(i.rsa, "RS256", head("RS256", ""), claims()), i.rules, two) == "key");
  // Two keys of one name, as while an issuer changes them.
  const auto fresh = signing_key::rsa();
  const auto same = *parse_jwk_set(test::jwks({fresh.jwk(R"(,"kid":"r")"), i.rsa.jwk(R"(,"kid":"r")")}));
  CHECK(verdict(signed_with_rsa(claims()), i.rules, same) == "");
  // A key that the token brings along, or the address of one.
  for (const auto& more : {R"(,"kid":"r","jwk":)" + fresh.jwk(), R"(,"jwk":)" + fresh.jwk(R"(,"kid":"r")"),
                           std::string(R"(,"kid":"r","jku":"http://127.0.0.1:1/keys","x5u":"http://127.0.0.1:1/")")}) {
    CHECK(verdict(token(fresh, "RS256", head("RS256", more), claims())) == "signature");
  }
  CHECK(verdict(token(i.rsa, "RS256", head("RS256", R"(,"kid":7)"), claims())) == "malformed");
}

TEST_CASE("what a token must be, and must not demand") {
  const auto& i = the_issuer();
  const auto with_type = [&](const std::string& typ) {
    return verdict(token(i.rsa, "RS256", R"({"alg":"RS256","kid":"r")" + typ + "}", claims()));
  };
  CHECK(with_type(R"(,"typ":"application/AT+JWT")") == "");
  CHECK(with_type(R"(,"typ":"AT+jwt")") == "");
  CHECK(with_type(R"(,"typ":"JWT")") == "type");
  CHECK(with_type(R"(,"typ":"")") == "type");
  CHECK(with_type("") == "type");
  CHECK(with_type(R"(,"typ":["at+jwt"])") == "malformed");
  auto rules = i.rules;
  rules.types = {"at+jwt", "JWT"};
  CHECK(verdict(token(i.rsa, "RS256", R"({"alg":"RS256","kid":"r","typ":"JWT"})", claims()), rules) == "");
  for (const auto* crit : {R"(["exp"])", "[]", "null", R"(["b64"])"}) {
    CHECK(verdict(token(i.rsa, "RS256", head("RS256", std::string(R"(,"kid":"r","b64":false,"crit":)") + crit),
                        claims())) == "critical");
  }
}

TEST_CASE("no member twice, however it is written, and however deep") {
  const auto& i = the_issuer();
  for (const auto& more : {R"(,"kid":"r","kid":"r")", R"(,"kid":"r","alg":"RS256")", R"(,"kid":"r","a\u006cg":"none")",
                           R"(,"kid":"r","x":{"a":1,"a":2})"}) {
    CHECK(verdict(token(i.rsa, "RS256", head("RS256", more), claims())) == "malformed");
  }
  for (const auto* more : {R"(,"sub":"mallory")", R"(,"\u0073ub":"mallory")", R"(,"x":[{"a":1,"\u0061":1}])"}) {
    CHECK(verdict(signed_with_rsa(claims(more))) == "malformed");
  }
  CHECK(verdict(signed_with_rsa(claims(R"(,"x":{"sub":"mallory"},"y":{"sub":1})"))) == "");
}

TEST_CASE("three parts of base64url with JSON in UTF-8, and no other form of them") {
  const auto good = signed_with_rsa(claims());
  REQUIRE(verdict(good) == "");
  const auto first = good.find('.');
  const auto last = good.rfind('.');
  auto padded = good;
  padded.insert(first, "==");
  auto plus = good;
  plus[last + 1] = '+';
  for (const auto& wrong : {std::string(), std::string("."), std::string(".."), std::string("..."),
                            good.substr(0, last), good.substr(0, first), good + ".", good + "." + good.substr(last + 1),
                            "." + good, good + "=", good + "==", good + "\n", " " + good, padded, plus,
                            good.substr(first + 1), good + std::string(1, 0), std::string(good.size(), '.')}) {
    CAPTURE(wrong);
    CHECK(verdict(wrong) == "malformed");
  }
  for (const auto* wrong : {"", "[]", "7", "null", "{}x", "{\"alg\":\"RS256\"", "{\"alg\":\"RS256\",}",
                            "\xef\xbb\xbf{}", "{\"alg\":\"RS256\",\"x\":\"\xff\"}",
                            "{\"alg\":\"RS256\",\"x\":\"\xc0\xaf\"}", "{\"alg\":\"RS256\",\"x\":\"\xed\xa0\x80\"}",
                            "{\"alg\":\"RS256\",\"\xff\":1}", "{\"alg\":\"RS256\",\"x\":NaN}", "{'alg':'RS256'}"}) {
    CAPTURE(wrong);
    CHECK(verdict(token(the_issuer().rsa, "RS256", wrong, claims())) == "malformed");
    CHECK(verdict(signed_with_rsa(wrong)) == "malformed");
  }
  std::string deep(1000, '[');
  CHECK(verdict(signed_with_rsa(claims(",\"x\":" + deep))) == "malformed");
  CHECK(verdict(signed_with_rsa(claims(",\"x\":" + std::string(20, '[') + std::string(20, ']')))) == "malformed");
}

TEST_CASE("a token has at most 8 KiB") {
  // The largest that base64url leaves below it, and the first beyond.
  std::string fill;
  std::string largest, beyond;
  for (std::size_t n = 4000; beyond.empty(); ++n) {
    const auto text = signed_with_rsa(claims(",\"x\":\"" + std::string(n, 'x') + "\""));
    (text.size() > max_jwt_bytes ? beyond : largest) = text;
    if (text.size() + 64 < max_jwt_bytes) n += (max_jwt_bytes - text.size() - 64) * 3 / 4;
  }
  CHECK(verdict(largest) == "");
  CHECK(verdict(beyond) == "too_large");
  CHECK(verdict(std::string(max_jwt_bytes + 1, 'a')) == "too_large");
}

TEST_CASE("issuer and audience are compared whole") {
  const auto with = [](const std::string& iss, const std::string& aud) {
    return verdict(signed_with_rsa(fmt::format(R"({{{}{}"sub":"alice","exp":{}}})", iss, aud, second_now + 600)));
  };
  const std::string iss = R"("iss":"https://issuer.example",)";
  const std::string aud = R"("aud":"streamdemo",)";
  CHECK(with(iss, aud) == "");
  for (const auto* wrong : {"", R"("iss":"https://issuer.example/",)", R"("iss":"https://issuer.exampl",)",
                            R"("iss":"HTTPS://issuer.example",)", R"("iss":"",)", R"("iss":null,)",
                            R"("iss":["https://issuer.example"],)", "\"iss\":\"https://issuer.example\\u0000\","}) {
    CAPTURE(wrong);
    CHECK(with(wrong, aud) == "issuer");
  }
  for (const auto* right : {R"("aud":["streamdemo"],)", R"("aud":["other","https://tasks.example"],)",
                            R"("aud":"https://tasks.example",)"}) {
    CAPTURE(right);
    CHECK(with(iss, right) == "");
  }
  for (const auto* wrong : {"", R"("aud":"",)", R"("aud":[],)", R"("aud":"streamdem",)", R"("aud":"streamdemo2",)",
                            R"("aud":["other","another"],)", R"("aud":{"streamdemo":1},)", R"("aud":null,)",
                            R"("aud":[["streamdemo"]],)", R"("aud":"other streamdemo",)"}) {
    CAPTURE(wrong);
    CHECK(with(iss, wrong) == "audience");
  }
}

TEST_CASE("times: expiry to the instant, the others with the leeway") {
  const auto with = [](const std::string& times) {
    return verdict(
        signed_with_rsa(R"({"iss":"https://issuer.example","aud":"streamdemo","sub":"alice")" + times + "}"));
  };
  const auto at = [](const char* name, double from_now) {
    return fmt::format(",\"{}\":{}", name, second_now + from_now);
  };
  CHECK(with(at("exp", 1)) == "");
  CHECK(with(at("exp", 0.5)) == "");
  CHECK(with(at("exp", 0)) == "expired");
  CHECK(with(at("exp", -1)) == "expired");
  CHECK(with(at("exp", -59)) == "expired");
  for (const auto* name : {"nbf", "iat"}) {
    CAPTURE(name);
    CHECK(with(at("exp", 600) + at(name, -1000)) == "");
    CHECK(with(at("exp", 600) + at(name, 59)) == "");
    CHECK(with(at("exp", 600) + at(name, 60)) == "");
    CHECK(with(at("exp", 600) + at(name, 61)) == "not_yet");
    CHECK(with(at("exp", 600) + at(name, 60.5)) == "not_yet");
    CHECK(with(at("exp", 600) + ",\"" + name + "\":\"0\"") == "claims");
    CHECK(with(at("exp", 600) + ",\"" + name + "\":null") == "claims");
  }
  for (const auto* wrong :
       {"", ",\"exp\":\"1900000000\"", ",\"exp\":null", ",\"exp\":[1900000000]", ",\"exp\":-1", ",\"exp\":1e300",
        ",\"exp\":1e400", ",\"exp\":99999999999999999999", ",\"exp\":9223372036854775807", ",\"exp\":true"}) {
    CAPTURE(wrong);
    const auto v = with(wrong);
    CHECK((v == "claims" || v == "malformed"));
  }
}

TEST_CASE("a token names a subject that can be shown") {
  const auto with = [](const std::string& sub) {
    return verdict(signed_with_rsa(
        fmt::format(R"({{"iss":"https://issuer.example","aud":"streamdemo","exp":{}{}}})", second_now + 600, sub)));
  };
  CHECK(with(R"(,"sub":"аня")") == "");
  CHECK(with(",\"sub\":\"" + std::string(512, 's') + "\"") == "");
  for (const auto& wrong :
       {std::string(), std::string(R"(,"sub":"")"), std::string(R"(,"sub":7)"), std::string(R"(,"sub":"a\nb")"),
        std::string(R"(,"sub":"a\u0000")"), ",\"sub\":\"" + std::string(513, 's') + "\""}) {
    CHECK(with(wrong) == "claims");
  }
}

TEST_CASE("scopes and kinds, in the forms that issuers give them") {
  const auto with = [](const std::string& more, const std::string& prefix = "", const std::string& kinds_claim = "") {
    auto rules = the_issuer().rules;
    rules.scope_prefix = prefix;
    rules.kinds_claim = kinds_claim;
    const auto j = judged(
        signed_with_rsa(fmt::format(R"({{"iss":"https://issuer.example","aud":"streamdemo","sub":"alice","exp":{}{}}})",
                                    second_now + 600, more)),
        rules);
    if (!j) return std::string(to_string(j.error()));
    std::string out = to_string((*j)->may);
    for (const auto& k : (*j)->kinds) out += "|" + k;
    return out;
  };
  CHECK(with("") == "");
  CHECK(with(R"(,"scope":"tasks:read  openid tasks:admin ")") == "tasks:read tasks:admin");
  CHECK(with(R"(,"scp":["tasks:cancel","email"])") == "tasks:cancel");
  CHECK(with(R"(,"scp":"tasks:cancel tasks:read")") == "tasks:read tasks:cancel");
  CHECK(with(R"(,"scope":"","scp":["tasks:admin"])") == "");
  CHECK(with(R"(,"scope":"tasks:readx xtasks:read TASKS:READ")") == "");
  CHECK(with(R"(,"scope":7)") == "claims");
  CHECK(with(R"(,"scp":["tasks:read",7])") == "claims");
  CHECK(with(R"(,"scope":"tasks:admin api/tasks:read")", "api/") == "tasks:read");
  CHECK(with(R"(,"kinds":["a","b"])", "", "kinds") == "|a|b");
  CHECK(with(R"(,"kinds":"a b")", "", "kinds") == "|a|b");
  CHECK(with(R"(,"kinds":["a"])") == "");
  for (const auto* wrong : {"", R"(,"kinds":[])", R"(,"kinds":"")", R"(,"kinds":7)", R"(,"kinds":["a\n"])"}) {
    CHECK(with(wrong, "", "kinds") == "claims");
  }
  CHECK(with(",\"kinds\":[\"" + std::string(1025, 'k') + "\"]", "", "kinds") == "claims");
}
