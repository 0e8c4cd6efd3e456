#include "artifacts/s3/signer.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <streamdemo/base/hash.hpp>

using namespace streamdemo;
using namespace streamdemo::artifacts::s3;

namespace {

// The examples of "Authenticating Requests: Using the Authorization Header" in Amazon's reference of S3.
const credentials example{"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", ""};
const auto that_day = base::parse_time("2013-05-24T00:00:00Z").value();
constexpr std::string_view host = "examplebucket.s3.amazonaws.com";

std::string signature(const unsigned_request& r, std::string_view body, const credentials& by = example) {
  const auto fields = sign(r, base::sha256_hex(body), {by, "us-east-1", that_day});
  CHECK(fields.back().first == "authorization");
  const auto& text = fields.back().second;
  return text.substr(text.find("Signature=") + 10);
}

}  // namespace

TEST_CASE("requests are signed as in Amazon's examples") {
  CHECK(signature({"GET", host, "/test.txt", {}, {{"range", "bytes=0-9"}}}, "") ==
        "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
  CHECK(signature({"PUT",
                   host,
                   "/test$file.text",
                   {},
                   {{"date", "Fri, 24 May 2013 00:00:00 GMT"}, {"x-amz-storage-class", "REDUCED_REDUNDANCY"}}},
                  "Welcome to Amazon S3.") == "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
  CHECK(signature({"GET", host, "/", {{"lifecycle", ""}}, {}}, "") ==
        "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");
  CHECK(signature({"GET", host, "/", {{"prefix", "J"}, {"max-keys", "2"}}, {}}, "") ==
        "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
}

TEST_CASE("an address is signed as in Amazon's example") {
  const auto query =
      presign({"GET", host, "/test.txt", {}, {}}, std::chrono::hours(24), {example, "us-east-1", that_day});
  CHECK(query ==
        "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_"
        "request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature="
        "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
}

TEST_CASE("the token of a temporary key goes along and is signed") {
  auto temporary = example;
  temporary.token = "a/token+";
  const unsigned_request r{"GET", host, "/test.txt", {}, {}};
  const auto fields = sign(r, unsigned_payload, {temporary, "us-east-1", that_day});
  CHECK(std::find(fields.begin(), fields.end(),
                  std::pair<std::string, std::string>("x-amz-security-token", "a/token+")) != fields.end());
  CHECK(fields.back().second.find("SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token,") !=
        std::string::npos);
  const auto query = presign(r, std::chrono::seconds(60), {temporary, "us-east-1", that_day});
  CHECK(query.find("&X-Amz-Security-Token=a%2Ftoken%2B&") != std::string::npos);
  CHECK(signature(r, "", temporary) != signature(r, ""));
}

TEST_CASE("what is not plain is escaped byte by byte") {
  CHECK(escaped("a b/ü~-._+=", true) == "a%20b/%C3%BC~-._%2B%3D");
  CHECK(escaped("a/b", false) == "a%2Fb");
  CHECK(query_text({{"b", "2"}, {"a", "x y"}, {"a", ""}}) == "a=&a=x%20y&b=2");
}
