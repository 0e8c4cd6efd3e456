#include "app/token_file.hpp"

#include <doctest/doctest.h>

#include <fstream>

#include "support/temporary_directory.hpp"

using namespace streamdemo;

TEST_CASE("a token's file holds one line that can be a token") {
  const test::temporary_directory directory;
  const auto file = directory.path() / "token";
  const auto read = [&](const std::string& text) {
    std::ofstream(file, std::ios::trunc) << text;
    return app::read_token(file);
  };
  CHECK(read("0123456789abcdef").value() == "0123456789abcdef");
  CHECK(read("a-._~+/=a-._~+/=\r\n").value() == "a-._~+/=a-._~+/=");
  for (const auto& wrong :
       {std::string(), std::string("\n"), std::string("0123456789abcde"), std::string("0123456789abcdef 0"),
        std::string("0123456789\nabcdef"), std::string(5000, 'a')}) {
    CAPTURE(wrong);
    const auto token = read(wrong);
    REQUIRE_FALSE(token.has_value());
    CHECK(token.error().code == base::errc::corrupt);
    CHECK(token.error().message.find(file.string()) != std::string::npos);
  }
  CHECK(app::read_token(directory.path() / "none").error().code == base::errc::not_found);
  CHECK(app::read_token(directory.path()).error().code == base::errc::io);
}
