#include <doctest/doctest.h>

#include <streamdemo/base/secret.hpp>

using namespace streamdemo::base;

namespace {

std::string hex(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) {
    out += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4];
    out += "0123456789abcdef"[static_cast<unsigned char>(c) & 15];
  }
  return out;
}

}  // namespace

TEST_CASE("HMAC-SHA-256 gives what RFC 4231 says") {
  CHECK(hex(hmac_sha256(std::string(20, '\x0b'), "Hi There")) ==
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  CHECK(hex(hmac_sha256("Jefe", "what do ya want for nothing?")) ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST_CASE("base64url carries any bytes, and reads only what it would write") {
  CHECK(to_base64url("").empty());
  CHECK(to_base64url("f") == "Zg");
  CHECK(to_base64url("fo") == "Zm8");
  CHECK(to_base64url("foo") == "Zm9v");
  CHECK(to_base64url("\xfb\xff") == "-_8");
  for (std::size_t n = 0; n < 70; ++n) {
    const auto bytes = random_bytes(n);
    CHECK(from_base64url(to_base64url(bytes)) == bytes);
  }
  for (const auto* wrong : {"Z", "Zg==", "Zh", "Zm9", "Z+8", "Z/8", "Zm9v ", "Zm9vA"}) {
    CAPTURE(wrong);
    CHECK_FALSE(from_base64url(wrong));
  }
}

TEST_CASE("random bytes are others each time") {
  CHECK(random_bytes(32).size() == 32);
  CHECK(random_bytes(32) != random_bytes(32));
}

TEST_CASE("secrets are the same only with every byte") {
  CHECK(same_secret("", ""));
  CHECK(same_secret("abc", "abc"));
  CHECK_FALSE(same_secret("abc", "abd"));
  CHECK_FALSE(same_secret("abc", "abcd"));
}
