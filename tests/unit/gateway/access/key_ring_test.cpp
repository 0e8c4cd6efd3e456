#include "gateway/access/key_ring.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "support/temporary_directory.hpp"

using namespace streamdemo;
using namespace streamdemo::gateway;

namespace {

const base::sys_time now = base::sys_time(std::chrono::hours(490'000));

struct fixture {
  fixture() : file(directory.path() / "auth" / "keys"), log("test", base::log_level::off) {}

  std::string make(std::string subject, std::vector<std::string> scopes = {"tasks:read"}, base::sys_time expires = {}) {
    const auto key =
        add_key(file, {.subject = std::move(subject), .scopes = std::move(scopes), .expires = expires}, now);
    REQUIRE(key.has_value());
    return *key;
  }

  test::temporary_directory directory;
  std::filesystem::path file;
  base::logger log;
};

}  // namespace

TEST_CASE("a key is known by what was printed, and by nothing that the file holds") {
  fixture f;
  const auto key = f.make("alice");
  const key_ring ring(f.file, f.log);
  const auto who = ring.verify(key, now);
  REQUIRE(who.has_value());
  CHECK((*who)->subject == "alice");
  CHECK((*who)->may == static_cast<scopes>(scope::read));
  CHECK(ring.still_holds(**who));
  const auto stored = read_keys(f.file);
  REQUIRE(stored.has_value());
  for (const auto& wrong :
       {base::to_hex(stored->front().sha256), stored->front().id, key + "x", key.substr(1), std::string()}) {
    CHECK(ring.verify(wrong, now).error() == denial::unknown);
  }
  using std::filesystem::perms;
  CHECK(std::filesystem::status(f.file).permissions() == (perms::owner_read | perms::owner_write));
}

TEST_CASE("a key ends at its time") {
  fixture f;
  const auto key = f.make("alice", {"tasks:read"}, now + std::chrono::seconds(10));
  const key_ring ring(f.file, f.log);
  CHECK(ring.verify(key, now + std::chrono::milliseconds(9999)).has_value());
  CHECK(ring.verify(key, now + std::chrono::seconds(10)).error() == denial::expired);
}

TEST_CASE("the file is read again when it changes, and a key that is gone holds no more") {
  fixture f;
  const auto first = f.make("alice");
  key_ring ring(f.file, f.log);
  CHECK(ring.look().empty());
  const auto who = ring.verify(first, now);
  const auto second = f.make("bob");
  const auto came = ring.look();
  REQUIRE(came.size() == 1);
  CHECK(came[0].keys == 2);
  const auto bobs = (*ring.verify(second, now))->key;
  CHECK(came[0].came == std::vector<std::string>(1, bobs));
  CHECK(came[0].went.empty());
  REQUIRE(revoke_key(f.file, (*who)->key).has_value());
  const auto went = ring.look();
  REQUIRE(went.size() == 1);
  CHECK(went[0].keys == 1);
  CHECK(went[0].came.empty());
  CHECK(went[0].went == std::vector<std::string>(1, (*who)->key));
  CHECK(ring.verify(first, now).error() == denial::unknown);
  CHECK_FALSE(ring.still_holds(**who));
  CHECK(ring.verify(second, now).has_value());
}

TEST_CASE("a file that is wrong changes nothing") {
  fixture f;
  const auto key = f.make("alice");
  key_ring ring(f.file, f.log);
  std::ofstream(f.file, std::ios::app) << "{\"id\":\n";
  CHECK(ring.look().empty());
  CHECK(ring.verify(key, now).has_value());
  const auto again = add_key(f.file, {.subject = "bob", .scopes = {"tasks:read"}}, now);
  REQUIRE_FALSE(again.has_value());
  CHECK(again.error().message.find("line 2") != std::string::npos);
}

TEST_CASE("no file is no key, until there is one") {
  fixture f;
  key_ring ring(f.file, f.log);
  CHECK(ring.verify("x", now).error() == denial::unknown);
  const auto key = f.make("alice");
  CHECK_FALSE(ring.look().empty());
  CHECK(ring.verify(key, now).has_value());
}

TEST_CASE("a key needs a subject and scopes that there are") {
  fixture f;
  for (const key_wish& wrong :
       {key_wish{.subject = "", .scopes = {"tasks:read"}}, key_wish{.subject = "alice", .scopes = {}},
        key_wish{.subject = "alice", .scopes = {"tasks:write"}}}) {
    const auto key = add_key(f.file, wrong, now);
    REQUIRE_FALSE(key.has_value());
    CHECK(key.error().code == base::errc::invalid_argument);
  }
}

TEST_CASE("each line is checked, and the mistake is named with its number") {
  const std::string good =
      R"({"id":"a","subject":"s","scopes":["tasks:read"],"sha256":")" + std::string(64, 'a') + "\"}\n";
  REQUIRE(parse_keys(good + "\n" + good).has_value());
  CHECK(parse_keys(good + "\n" + good)->size() == 2);
  for (
      const auto* wrong :
      {"x", "[]", R"({"id":"a"})", R"({"id":"a","subject":"s","scopes":["tasks:read"],"sha256":"ab"})",
       R"({"id":"a","subject":"s","scopes":"tasks:read","sha256":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"})",
       R"({"id":"a","subject":"s","scopes":["tasks:read"],"expires":"soon","sha256":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"})",
       R"({"id":"a","subject":"s","scopes":["tasks:read"],"expires":7,"sha256":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"})"}) {
    CAPTURE(wrong);
    const auto keys = parse_keys(good + wrong);
    REQUIRE_FALSE(keys.has_value());
    CHECK(keys.error().message.starts_with("line 2 of the keys: "));
  }
}

TEST_CASE("a line that is edited to less holds no more, and what an administrator gave on does") {
  fixture f;
  f.make("alice", {"tasks:admin"}, now + std::chrono::hours(2));
  key_ring ring(f.file, f.log);
  auto p = principal{};
  p.subject = "alice";
  p.key = read_keys(f.file)->front().id;
  p.may = static_cast<scopes>(scope::read) | static_cast<scopes>(scope::admin);
  p.expires = now + std::chrono::hours(1);
  CHECK(ring.still_holds(p));
  p.expires = now + std::chrono::hours(3);
  CHECK_FALSE(ring.still_holds(p));
  p.expires = {};
  CHECK_FALSE(ring.still_holds(p));
}

TEST_CASE("a file that cannot be read changes nothing, and is read as soon as it can be") {
  fixture f;
  const auto first = f.make("alice");
  key_ring ring(f.file, f.log);
  const auto second = f.make("bob");
  const auto aside = f.file.string() + ".aside";
  std::filesystem::rename(f.file, aside);
  std::filesystem::create_directory(f.file);
  CHECK(ring.look().empty());
  CHECK(ring.verify(first, now).has_value());
  std::filesystem::remove(f.file);
  std::filesystem::rename(aside, f.file);
  CHECK_FALSE(ring.look().empty());
  CHECK(ring.verify(second, now).has_value());
}
