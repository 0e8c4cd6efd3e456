#include <doctest/doctest.h>

#include <streamdemo/base/secret.hpp>
#include <streamdemo/base/signature.hpp>

using namespace streamdemo::base;

namespace {

std::string bytes(std::string_view base64url) {
  return from_base64url(base64url).value();
}

}  // namespace

TEST_CASE("an RS256 signature of RFC 7515, appendix A.2") {
  const auto key = public_key::rsa(
      bytes("ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-"
            "SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-"
            "UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2eth"
            "FkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"),
      bytes("AQAB"));
  REQUIRE(key.has_value());
  const std::string message =
      "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnV"
      "lfQ";
  const auto signature = bytes(
      "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t"
      "1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12j"
      "zDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQ"
      "Ge77Rw");
  CHECK(key->verify(signature_algorithm::rs256, message, signature));
  CHECK_FALSE(key->verify(signature_algorithm::rs512, message, signature));
  CHECK_FALSE(key->verify(signature_algorithm::ps256, message, signature));
  CHECK_FALSE(key->verify(signature_algorithm::es256, message, signature));
  CHECK_FALSE(key->verify(signature_algorithm::rs256, message + "x", signature));
  CHECK_FALSE(key->verify(signature_algorithm::rs256, message, ""));
}

TEST_CASE("an ES256 signature of RFC 7515, appendix A.3") {
  const auto key =
      public_key::elliptic(signature_algorithm::es256, bytes("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"),
                           bytes("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"));
  REQUIRE(key.has_value());
  const std::string message =
      "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnV"
      "lfQ";
  const auto signature =
      bytes("DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q");
  CHECK(key->verify(signature_algorithm::es256, message, signature));
  CHECK_FALSE(key->verify(signature_algorithm::es384, message, signature));
  CHECK_FALSE(key->verify(signature_algorithm::es256, message, signature + "x"));
}

TEST_CASE("an Ed25519 signature of RFC 8037, appendix A.4") {
  const auto key = public_key::ed25519(bytes("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"));
  REQUIRE(key.has_value());
  const auto signature =
      bytes("hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg");
  CHECK(key->verify(signature_algorithm::eddsa, "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc", signature));
  CHECK_FALSE(key->verify(signature_algorithm::eddsa, "another", signature));
}

TEST_CASE("algorithms are called as RFC 7518 calls them") {
  for (const auto* name : {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}) {
    const auto a = parse_signature_algorithm(name);
    REQUIRE(a.has_value());
    CHECK(to_string(*a) == name);
  }
  for (const auto* name : {"none", "HS256", "rs256", "ES256K", ""}) CHECK_FALSE(parse_signature_algorithm(name));
}
