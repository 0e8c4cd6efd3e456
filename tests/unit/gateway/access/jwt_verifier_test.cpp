#include "gateway/access/jwt_verifier.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "support/hand_clock.hpp"
#include "support/temporary_directory.hpp"
#include "unit/gateway/access/key_server.hpp"
#include "unit/gateway/access/token_maker.hpp"

using namespace streamdemo;
using namespace streamdemo::gateway;
using test::jwks;
using test::key_server;
using test::signing_key;

namespace {

using std::chrono::seconds;

std::string token_of(const signing_key& key, const std::string& kid, const base::clock& c, int good_for = 3600,
                     const std::string& iss = "https://a.example", const std::string& alg = "ES256") {
  const auto now = std::chrono::duration_cast<seconds>(c.now().time_since_epoch()).count();
  return test::token(
      key, alg, fmt::format(R"({{"typ":"at+jwt","alg":"{}","kid":"{}"}})", alg, kid),
      fmt::format(R"({{"iss":"{}","aud":"us","sub":"alice","exp":{},"scope":"tasks:read"}})", iss, now + good_for));
}

jwt_verifier::issuer issuer_at(const std::string& where, const std::string& iss = "https://a.example",
                               const std::string& name = "a") {
  return {.name = name,
          .rules = {.issuer = iss,
                    .audience = {"us"},
                    .algorithms = {base::signature_algorithm::es256},
                    .types = {"at+jwt"},
                    .leeway = seconds(60)},
          .where = where};
}

struct fixture {
  test::hand_clock clock;
  base::metrics metrics;
  base::logger log{"test", base::log_level::off};
  signing_key first = signing_key::elliptic();
  signing_key second = signing_key::elliptic();

  std::string set(bool one, bool two) const {
    std::vector<std::string> keys;
    if (one) keys.push_back(first.jwk(R"(,"kid":"1")"));
    if (two) keys.push_back(second.jwk(R"(,"kid":"2")"));
    return jwks(keys);
  }
  jwt_verifier verifier(std::vector<jwt_verifier::issuer> issuers) {
    return jwt_verifier(std::move(issuers), clock, metrics, log);
  }
  bool counted(const std::string& reason, int n) const {
    return metrics.expose().find(fmt::format("streamdemo_auth_tokens_refused_total{{reason=\"{}\"}} {}\n", reason,
                                             n)) != std::string::npos;
  }
};

// What a thread got is looked at until it is there.
template <class F>
bool eventually(F condition) {
  const auto end = std::chrono::steady_clock::now() + seconds(20);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::yield();
  }
  return true;
}

// "": who it is; otherwise why it is nobody.
std::string verdict(const jwt_verifier& v, const std::string& token, base::sys_time now) {
  const auto j = v.verify(token, now);
  if (j) return "";
  switch (j.error()) {
    case denial::unknown:
      return "unknown";
    case denial::expired:
      return "expired";
    case denial::unavailable:
      return "unavailable";
    default:
      return "other";
  }
}

}  // namespace

TEST_CASE("keys of a file are there at once, and looked at again") {
  fixture f;
  test::temporary_directory directory;
  const auto file = directory.path() / "jwks.json";
  const auto write = [&](const std::string& text) { std::ofstream(file, std::ios::trunc) << text; };
  write(f.set(true, false));
  auto v = f.verifier({issuer_at(file.string())});
  CHECK_FALSE(v.not_ready().has_value());
  CHECK(v.look().empty());
  const auto one = token_of(f.first, "1", f.clock);
  const auto two = token_of(f.second, "2", f.clock);
  const auto who = v.verify(one, f.clock.now());
  REQUIRE(who.has_value());
  CHECK(v.still_holds(**who));
  // The same token is the same principal: streams of one client stand together.
  CHECK(*v.verify(one, f.clock.now()) == *who);

  SUBCASE("a key that is added counts within a second, one that is gone no longer") {
    write(f.set(true, true));
    CHECK(v.look().empty());
    f.clock.advance(seconds(1));
    const auto came = v.look();
    REQUIRE(came.size() == 1);
    CHECK(came[0].issuer == "a");
    CHECK(came[0].keys == 2);
    CHECK(came[0].came == std::vector<std::string>(1, "2"));
    CHECK(verdict(v, two, f.clock.now()) == "");
    CHECK(v.still_holds(**who));
    write(f.set(false, true));
    f.clock.advance(seconds(1));
    CHECK_FALSE(v.look().empty());
    CHECK_FALSE(v.still_holds(**who));
    CHECK(verdict(v, one, f.clock.now()) == "unavailable");  // its file is looked at again for it
    f.clock.advance(seconds(1));
    CHECK(v.look().empty());
    CHECK(verdict(v, one, f.clock.now()) == "unknown");
  }
  SUBCASE("another key of the same name is another key") {
    write(jwks({f.second.jwk(R"(,"kid":"1")")}));
    f.clock.advance(seconds(1));
    const auto changes = v.look();
    REQUIRE(changes.size() == 1);
    CHECK(changes[0].changed == std::vector<std::string>(1, "1"));
    CHECK_FALSE(v.still_holds(**who));
    CHECK(verdict(v, one, f.clock.now()) == "unknown");
    CHECK(f.counted("signature", 1));
  }
  SUBCASE("a file that is wrong or gone changes nothing") {
    for (const auto* text : {"", "{", "{\"keys\":[]}"}) {
      write(text);
      f.clock.advance(seconds(61));
      CHECK(v.look().empty());
      CHECK(verdict(v, one, f.clock.now()) == "");
    }
    std::filesystem::remove(file);
    f.clock.advance(seconds(61));
    CHECK(v.look().empty());
    CHECK(verdict(v, one, f.clock.now()) == "");
    CHECK_FALSE(v.not_ready().has_value());
  }
}

TEST_CASE("a judged token ends at its time, and is judged again where it was too early") {
  fixture f;
  test::temporary_directory directory;
  const auto file = directory.path() / "jwks.json";
  std::ofstream(file) << f.set(true, false);
  const auto v = f.verifier({issuer_at(file.string())});
  const auto one = token_of(f.first, "1", f.clock, 10);
  CHECK(verdict(v, one, f.clock.now()) == "");
  CHECK(verdict(v, one, f.clock.now() + std::chrono::milliseconds(9999)) == "");
  CHECK(verdict(v, one, f.clock.now() + seconds(10)) == "expired");
  CHECK(f.counted("expired", 1));
  // Refusals are remembered for a short time only.
  const auto early = f.clock.now() - std::chrono::hours(1);
  const auto ahead =
      test::token(f.first, "ES256", R"({"typ":"at+jwt","alg":"ES256","kid":"1"})",
                  R"({"iss":"https://a.example","aud":"us","sub":"a","iat":1800000000,"exp":1800003600})");
  CHECK(verdict(v, ahead, early) == "unknown");
  CHECK(verdict(v, ahead, early + seconds(9)) == "unknown");
  CHECK(verdict(v, ahead, f.clock.now()) == "");
  CHECK(f.counted("not_yet", 2));
}

TEST_CASE("keys of an address: not ready before they are there, and kept while it is away") {
  fixture f;
  key_server s;
  s.answer_with("later", 503);
  auto v = f.verifier({issuer_at(s.url())});
  const auto one = token_of(f.first, "1", f.clock, 400'000'000);
  CHECK(verdict(v, one, f.clock.now()) == "unavailable");
  REQUIRE(v.not_ready().has_value());
  CHECK(v.not_ready()->find("auth.issuers.a") != std::string::npos);
  CHECK(eventually([&] {
    v.look();
    return v.not_ready()->ends_with(s.url() + " answers 503");
  }));
  CHECK(s.asked() == 1);
  // Not before a second is over.
  f.clock.advance(std::chrono::milliseconds(999));
  v.look();
  CHECK(v.look().empty());
  CHECK(s.asked() == 1);
  // Keys that never came are as old as the process.
  CHECK(f.metrics.expose().find("streamdemo_auth_keys_age_seconds{issuer=\"a\"} 0.999\n") != std::string::npos);
  s.answer_with(f.set(true, false));
  f.clock.advance(std::chrono::milliseconds(1));
  CHECK(eventually([&] { return !v.look().empty(); }));
  CHECK(s.asked() == 2);
  CHECK_FALSE(v.not_ready().has_value());
  CHECK(verdict(v, one, f.clock.now()) == "");
  CHECK(f.metrics.expose().find("streamdemo_auth_keys_age_seconds{issuer=\"a\"} 0\n") != std::string::npos);

  // It is asked again in time; what it answers then is no set.
  const std::vector<std::pair<std::string, int>> wrong{
      {"away", 500}, {"<html>", 200}, {std::string(1'100'000, ' '), 200}, {"", 204}};
  const auto got = f.clock.now();
  for (const auto& [body, status] : wrong) {
    s.answer_with(body, status);
    // That one answer was taken before the next is given.
    const auto wanted = s.asked() + 2;
    bool changed = false;
    CHECK(eventually([&] {
      f.clock.advance(seconds(1));
      changed = changed || !v.look().empty();
      return s.asked() >= wanted;
    }));
    CHECK_FALSE(changed);
    CHECK(verdict(v, one, f.clock.now()) == "");
    CHECK_FALSE(v.not_ready().has_value());
  }
  // The age is that of the keys that serve.
  v.look();
  const auto age =
      fmt::format("streamdemo_auth_keys_age_seconds{{issuer=\"a\"}} {}\n", (f.clock.now() - got) / seconds(1));
  CHECK(f.metrics.expose().find(age) != std::string::npos);
}

TEST_CASE("an unknown key is asked for once in half a minute") {
  fixture f;
  key_server s;
  s.answer_with(f.set(true, false));
  auto v = f.verifier({issuer_at(s.url())});
  // The constructor asks, and takes the answer itself when that is there at once.
  CHECK(eventually([&] {
    v.look();
    return !v.not_ready();
  }));
  CHECK(s.asked() == 1);
  const auto one = token_of(f.first, "1", f.clock);
  const auto two = token_of(f.second, "2", f.clock);
  CHECK(verdict(v, one, f.clock.now()) == "");

  // The issuer has a new key, and signs with it at once.
  s.answer_with(f.set(true, true));
  CHECK(verdict(v, two, f.clock.now()) == "unavailable");
  CHECK(eventually([&] { return !v.look().empty(); }));
  CHECK(s.asked() == 2);
  CHECK(verdict(v, two, f.clock.now()) == "");
  CHECK(verdict(v, one, f.clock.now()) == "");

  // Strangers name what they like.
  const auto none = token_of(f.second, "3", f.clock);
  for (int i = 0; i < 100; ++i) CHECK(verdict(v, none, f.clock.now()) == "unknown");
  f.clock.advance(std::chrono::milliseconds(29'999));
  CHECK(verdict(v, none, f.clock.now()) == "unknown");
  f.clock.advance(std::chrono::milliseconds(1));
  CHECK(verdict(v, none, f.clock.now()) == "unavailable");
  CHECK(eventually([&] {
    v.look();
    return verdict(v, none, f.clock.now()) == "unknown";
  }));
  CHECK(s.asked() == 3);
  CHECK(verdict(v, one, f.clock.now()) == "");
}

TEST_CASE("each issuer's tokens are judged by its own keys") {
  fixture f;
  test::temporary_directory directory;
  const auto a = directory.path() / "a.json";
  const auto b = directory.path() / "b.json";
  std::ofstream(a) << f.set(true, false);
  std::ofstream(b) << jwks({f.second.jwk(R"(,"kid":"1")")});
  const auto v = f.verifier({issuer_at(a.string()), issuer_at(b.string(), "https://b.example", "b")});
  const auto now = f.clock.now();
  const auto of_a = v.verify(token_of(f.first, "1", f.clock), now);
  const auto of_b = v.verify(token_of(f.second, "1", f.clock, 3600, "https://b.example"), now);
  REQUIRE(of_a.has_value());
  REQUIRE(of_b.has_value());
  CHECK((*of_a)->owner != (*of_b)->owner);
  CHECK(verdict(v, token_of(f.first, "1", f.clock, 3600, "https://b.example"), now) == "unknown");
  CHECK(verdict(v, token_of(f.first, "1", f.clock, 3600, "https://c.example"), now) == "unknown");
  CHECK(f.counted("issuer", 1));
  CHECK(verdict(v, std::string(8193, 'a'), now) == "unknown");
  CHECK(f.counted("too_large", 1));
  principal other = **of_a;
  other.issuer = "keys";
  CHECK_FALSE(v.still_holds(other));
}

TEST_CASE("an address that redirects is told, and not followed") {
  fixture f;
  key_server s, elsewhere;
  elsewhere.answer_with(f.set(true, false));
  s.answer_with("", 302, elsewhere.url());
  auto v = f.verifier({issuer_at(s.url())});
  CHECK(eventually([&] {
    v.look();
    return v.not_ready()->find("points to " + elsewhere.url()) != std::string::npos;
  }));
  CHECK(elsewhere.asked() == 0);
}
