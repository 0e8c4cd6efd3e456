#include "gateway/access/judged_tokens.hpp"

#include <doctest/doctest.h>

using namespace streamdemo;
using namespace streamdemo::gateway;

namespace {

const base::sys_time now = base::sys_time(std::chrono::hours(490'000));

jwt_result<principal_ptr> somebody(base::sys_time until) {
  auto p = std::make_shared<principal>();
  p->expires = until;
  return principal_ptr(std::move(p));
}

base::sha256_digest of(std::string_view token) {
  return base::sha256_bytes(token);
}

}  // namespace

TEST_CASE("a good token is known until it expires, a bad one for ten seconds") {
  judged_tokens t;
  t.keep(of("good"), somebody(now + std::chrono::hours(1)), now);
  t.keep(of("bad"), jwt_fault::signature, now);
  CHECK_FALSE(t.find(of("other"), now).has_value());
  CHECK(t.find(of("good"), now + std::chrono::minutes(59))->has_value());
  CHECK(t.find(of("good"), now + std::chrono::hours(1))->error() == jwt_fault::expired);
  CHECK(t.find(of("bad"), now + std::chrono::milliseconds(9999))->error() == jwt_fault::signature);
  CHECK_FALSE(t.find(of("bad"), now + std::chrono::seconds(10)).has_value());
  CHECK_FALSE(t.find(of("bad"), now - std::chrono::hours(1)).has_value());
}

TEST_CASE("what is asked for stays, whatever else comes; bad ones push out no good one") {
  judged_tokens t;
  const auto one = somebody(now + std::chrono::hours(1));
  t.keep(of("used"), one, now);
  t.keep(of("unused"), one, now);
  for (std::size_t i = 0; i < 3 * judged_tokens::max_good; ++i) {
    t.keep(of(std::to_string(i)), one, now);
    t.keep(of("bad " + std::to_string(i)), jwt_fault::signature, now);
    if (i % 1000 == 0) CHECK(t.find(of("used"), now).has_value());
  }
  CHECK_FALSE(t.find(of("unused"), now).has_value());
  std::size_t known = 0;
  for (std::size_t i = 0; i < 3 * judged_tokens::max_good; ++i)
    known += t.find(of(std::to_string(i)), now).has_value() ? 1 : 0;
  CHECK(known <= judged_tokens::max_good);
  CHECK(known >= judged_tokens::max_good / 2 - 1);
}
