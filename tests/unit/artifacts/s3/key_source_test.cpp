#include "artifacts/s3/key_source.hpp"

#include <doctest/doctest.h>

#include <fstream>

#include "support/temporary_directory.hpp"

using namespace streamdemo;
using namespace streamdemo::artifacts::s3;

TEST_CASE("a profile is read from a file as AWS's tools write it") {
  const std::string text =
      "# keys\r\n[default]\r\naws_access_key_id = A\r\naws_secret_access_key = s=+/1\r\n\n"
      "[ work ]\naws_access_key_id=B\naws_secret_access_key=t\naws_session_token = u==\n; end\n[empty]\nregion = x";
  CHECK(read_profile(text, "default").value() == credentials{"A", "s=+/1", ""});
  CHECK(read_profile(text, "work").value() == credentials{"B", "t", "u=="});
  CHECK(read_profile(text, "empty").error().message.find("aws_access_key_id") != std::string::npos);
  CHECK(read_profile(text, "none").error().message == "it has no [none]");
  CHECK(read_profile("", "default").has_error());
}

TEST_CASE("fixed keys stay; those of a file are replaced when they are refused") {
  key_source fixed({"A", "s", ""}, "", "");
  REQUIRE(fixed.load().has_value());
  CHECK(fixed.now().key_id == "A");
  CHECK_FALSE(fixed.renew(fixed.now()));

  test::temporary_directory root;
  const auto file = root.path() / "credentials";
  std::ofstream(file) << "[p]\naws_access_key_id=A\naws_secret_access_key=s\n";
  key_source changing({}, file, "p");
  REQUIRE(changing.load().has_value());
  const auto first = changing.now();
  CHECK_FALSE(changing.renew(first));
  std::ofstream(file) << "[p]\naws_acc";
  CHECK_FALSE(changing.renew(first));
  CHECK(changing.now() == first);
  std::ofstream(file) << "[p]\naws_access_key_id=B\naws_secret_access_key=t\n";
  CHECK(changing.renew(first));
  CHECK(changing.now().key_id == "B");
  // Another request was refused with the first one, too, and finds the new one there.
  CHECK(changing.renew(first));

  CHECK(key_source({}, "", "p").load().error().message.find("AWS_ACCESS_KEY_ID") != std::string::npos);
}
