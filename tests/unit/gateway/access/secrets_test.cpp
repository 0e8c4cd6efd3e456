#include "gateway/access/secrets.hpp"

#include <doctest/doctest.h>

#include <set>
#include <streamdemo/base/id.hpp>

#include "gateway/access/sealed_principal.hpp"

using namespace streamdemo;
using namespace streamdemo::gateway;

namespace {

const std::string one(32, 'a');
const std::string two(32, 'b');

principal alice() {
  principal p;
  p.issuer = "keys";
  p.subject = "alice";
  p.owner = owner_of(p.issuer, p.subject);
  p.may = 7;
  p.kinds = {"simulate"};
  p.expires = base::sys_time(std::chrono::hours(500'000));
  p.key = "k1";
  p.session = "s1";
  return p;
}

}  // namespace

TEST_CASE("an id is of owner, kind, key and secret together") {
  std::set<std::string> ids;
  for (const auto& secret : {one, two}) {
    const secrets s(secret, {});
    for (const auto* owner : {"", "a", "ab"}) {
      for (const auto* kind : {"bc", "c"}) {
        const auto all = s.derived_ids(owner, kind, "key");
        CHECK(all == s.derived_ids(owner, kind, "key"));
        CHECK(base::is_id(all.front()));
        ids.insert(all.front());
      }
    }
  }
  CHECK(ids.size() == 12);
}

TEST_CASE("ids from before a change of the secret are known, and those from before there was one") {
  const secrets before(one, {});
  const secrets after(two, {one});
  const auto ids = after.derived_ids("o", "simulate", "key");
  REQUIRE(ids.size() == 3);
  CHECK(ids[1] == before.derived_ids("o", "simulate", "key").front());
  CHECK(ids[2] == base::derived_id("simulate", "key"));
  CHECK(secrets({}, {}).derived_ids("", "simulate", "key") == std::vector{base::derived_id("simulate", "key")});
}

TEST_CASE("what is sealed comes back, for its purpose and unchanged only") {
  const secrets s(one, {});
  const auto sealed = s.seal("a", "some text");
  CHECK(s.open("a", sealed) == "some text");
  CHECK_FALSE(s.open("b", sealed));
  CHECK_FALSE(secrets(two, {}).open("a", sealed));
  CHECK(secrets(two, {one}).open("a", sealed) == "some text");
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    auto changed = sealed;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    CHECK_FALSE(s.open("a", changed));
  }
  CHECK_FALSE(s.open("a", sealed.substr(0, sealed.size() - 1)));
  CHECK_FALSE(s.open("a", ""));
  CHECK_FALSE(s.open("a", "."));
  CHECK_FALSE(s.open("a", sealed + "."));
}

TEST_CASE("a principal comes back from a session, and a session is no ticket") {
  const secrets s(one, {});
  const auto sealed = seal_session(s, alice());
  const auto back = open_session(s, sealed);
  REQUIRE(back);
  CHECK(back->subject == "alice");
  CHECK(back->owner == alice().owner);
  CHECK(back->may == 7);
  CHECK(back->kinds == alice().kinds);
  CHECK(back->expires == alice().expires);
  CHECK(back->key == "k1");
  CHECK(back->session == "s1");
  CHECK(back->only_task.empty());
  CHECK_FALSE(open_ticket(s, sealed));
  CHECK_FALSE(open_session(s, std::string(5000, 'a')));
}
