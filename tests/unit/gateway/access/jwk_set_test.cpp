#include "gateway/access/jwk_set.hpp"

#include "unit/gateway/access/token_maker.hpp"

using namespace streamdemo;
using namespace streamdemo::gateway;
using test::jwks;
using test::signing_key;

TEST_CASE("the thumbprint of RFC 7638, section 3.1") {
  const auto set =
      parse_jwk_set(jwks({R"({"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtV)"
                          R"(T86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBX)"
                          R"(Arwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZH)"
                          R"(zu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ)"
                          R"(-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256",)"
                          R"("kid":"2011-04-29"})"}));
  REQUIRE(set.has_value());
  CHECK(set->keys[0].thumbprint == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
  CHECK(set->keys[0].kid == "2011-04-29");
  CHECK(set->keys[0].fits(base::signature_algorithm::rs256));
  CHECK_FALSE(set->keys[0].fits(base::signature_algorithm::rs384));
}

TEST_CASE("a key that is for something else, unknown or unsafe is passed over, and said why") {
  const auto good = signing_key::elliptic();
  const auto rsa = signing_key::rsa();
  const std::string x(32, '\1');
  const std::vector<std::pair<std::string, std::string>> cases{
      {good.jwk(R"(,"kid":"k","use":"enc")"), "key 1 (k) is not for signatures"},
      {good.jwk(R"(,"key_ops":["sign"])"), "key 1 is not for signatures"},
      {good.jwk(R"(,"d":"AQ")"), "key 1 is a secret, and was published"},
      {R"({"kty":"oct","k":"c2VjcmV0"})", "key 1 is a secret, and was published"},
      {good.jwk(R"(,"alg":"HS256")"), "key 1 is for an algorithm that is not judged here"},
      {good.jwk(R"(,"alg":"ES384")"), "key 1 is of a type that does not fit its alg"},
      {good.jwk(R"(,"kid":7)"), "key 1 has a kid that is no text"},
      {R"({"kty":"EC","crv":"secp256k1","x":"AQ","y":"AQ"})", "key 1 is of a type or curve that is not judged here"},
      {R"({"kty":"EC","crv":"P-256","x":"AQ","y":"AQ"})",
       "key 1 is no point of its curve: a number has the wrong width"},
      {R"({"kty":"EC","crv":"P-256","x":")" + base::to_base64url(x) + R"(","y":")" + base::to_base64url(x) + "\"}",
       "key 1 is no point of its curve"},
      {R"({"kty":"OKP","crv":"Ed25519","x":"AQ"})", "key 1 is no key of Ed25519: that has 32 bytes"},
      {R"({"kty":"OKP","crv":"X25519","x":")" + base::to_base64url(x) + "\"}",
       "key 1 is of a type or curve that is not judged here"},
      {signing_key::rsa(1024).jwk(), "key 1 is an RSA key of 1024 bits: 2048 to 8192 are safe and not too costly"},
      {R"({"kty":"RSA","n":")" + base::to_base64url(std::string(1100, '\xff')) + R"(","e":"AQAB"})",
       "key 1 is an RSA key beyond 8192 bits"},
      {R"({"kty":"RSA","n":")" + base::to_base64url(std::string(256, '\xff')) + R"(","e":"AQ"})",
       "key 1 is no RSA key: its exponent is even, 1 or too large"},
      {R"({"kty":"RSA"})", "key 1 is an RSA key of 0 bits: 2048 to 8192 are safe and not too costly"},
      {"7", "key 1 is no object"},
  };
  for (const auto& [key, why] : cases) {
    CAPTURE(key);
    const auto alone = parse_jwk_set(jwks({key}));
    REQUIRE(alone.has_error());
    CHECK(alone.error().code == base::errc::not_found);
    CHECK(alone.error().message == "has no key that can be used: " + why);
    const auto beside = parse_jwk_set(jwks({key, rsa.jwk()}));
    REQUIRE(beside.has_value());
    CHECK(beside->keys.size() == 1);
    CHECK(beside->passed_over == std::vector{why});
  }
}

TEST_CASE("what is no set is refused whole") {
  const auto key = signing_key::elliptic().jwk();
  for (const auto& wrong : {std::string(), std::string("[]"), std::string("{}"), std::string("{\"keys\":{}}"), key,
                            jwks({key}) + "x", "{\"keys\":[" + key + "],\"keys\":[]}",
                            jwks({R"({"kty":"EC","kty":"EC"})"}), "<html></html>" + std::string()}) {
    CAPTURE(wrong);
    const auto set = parse_jwk_set(wrong);
    REQUIRE(set.has_error());
    CHECK(set.error().code == base::errc::corrupt);
  }
  CHECK(parse_jwk_set("{\"keys\":[]}").error().message == "has no keys");
  CHECK(parse_jwk_set(jwks(std::vector(101, key))).error().code == base::errc::too_large);
  CHECK(parse_jwk_set(jwks({key}) + std::string(max_jwk_set_bytes, ' ')).error().code == base::errc::too_large);
}
