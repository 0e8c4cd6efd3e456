#include "gateway/access/access_watch.hpp"

#include <doctest/doctest.h>

#include <boost/asio/post.hpp>

#include "support/hand_clock.hpp"
#include "support/run.hpp"

using namespace streamdemo;
using namespace streamdemo::gateway;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

// Keys are good as long as they stand here.
class listed_keys final : public token_verifier {
 public:
  explicit listed_keys(std::vector<std::string>& good) : good_(good) {}
  judgement verify(std::string_view, base::sys_time) const override { return denial::unknown; }
  bool still_holds(const principal& p) const override {
    ++asked;
    return std::find(good_.begin(), good_.end(), p.key) != good_.end();
  }
  key_changes look() override { return {}; }
  std::optional<std::string> not_ready() const override { return std::nullopt; }
  mutable int asked = 0;

 private:
  std::vector<std::string>& good_;
};

struct stream final : watched_stream {
  void on_expiring(base::sys_time) override { told += "expiring "; }
  void on_access_over(access_end w) override {
    told += w == access_end::expired ? "expired " : w == access_end::taken_away ? "taken away " : "asks again ";
  }
  std::string told;
};

struct fixture {
  fixture() {
    auto keys = std::make_unique<listed_keys>(good);
    verifier = keys.get();
    entrance = std::make_unique<gate>(gate::options{.asks = true, .session_slice = seconds(60)},
                                      secrets(std::string(32, 's'), {}), std::move(keys), clock);
  }

  principal_ptr of_key(std::string key, seconds good_for) const {
    auto p = std::make_shared<principal>();
    p->issuer = "keys";
    p->subject = p->owner = p->key = std::move(key);
    if (good_for.count() != 0) p->expires = clock.now() + good_for;
    return p;
  }

  test::hand_clock clock;
  std::vector<std::string> good{"a", "b", "c"};
  listed_keys* verifier = nullptr;
  std::unique_ptr<gate> entrance;
  base::logger log{"test", base::log_level::off};
};

// All that can be done now is done.
base::awaitable<void> settled() {
  for (int i = 0; i < 20; ++i) co_await asio::post(co_await asio::this_coro::executor, base::use_awaitable);
}

// The clock jumps, and the watch is woken as a change of keys wakes it.
base::awaitable<void> later(fixture& f, access_watch& watch, milliseconds by) {
  f.clock.advance(by);
  watch.judge_again();
  co_await settled();
}

}  // namespace

TEST_CASE("a stream is told before its key expires, and when it does; others are not") {
  fixture f;
  test::run([&]() -> base::awaitable<void> {
    access_watch watch(co_await asio::this_coro::executor, *f.entrance, f.clock, f.log);
    stream first, second, last, forever;
    watch.join(last, f.of_key("b", seconds(100)));
    watch.join(forever, f.of_key("c", seconds(0)));
    const auto a = f.of_key("a", seconds(40));
    watch.join(first, a);
    co_await settled();
    co_await later(f, watch, milliseconds(9999));
    CHECK(first.told == "");
    co_await later(f, watch, milliseconds(1));
    CHECK(first.told == "expiring ");
    watch.join(second, a);
    CHECK(second.told == "expiring ");
    co_await later(f, watch, milliseconds(29999));
    CHECK(first.told == "expiring ");
    co_await later(f, watch, milliseconds(1));
    CHECK(first.told == "expiring expired ");
    CHECK(second.told == "expiring expired ");
    CHECK_FALSE(first.is_linked());
    CHECK(last.told == "");
    co_await later(f, watch, seconds(30));
    CHECK(last.told == "expiring ");
    co_await later(f, watch, seconds(30));
    CHECK(last.told == "expiring expired ");
    CHECK(forever.told == "");
    co_await watch.stop();
  });
}

TEST_CASE("who renews goes on, and a session's stream comes back to be judged anew") {
  fixture f;
  test::run([&]() -> base::awaitable<void> {
    access_watch watch(co_await asio::this_coro::executor, *f.entrance, f.clock, f.log);
    stream renewed, slice;
    watch.join(renewed, f.of_key("a", seconds(40)));
    auto session = std::make_shared<principal>(*f.of_key("b", seconds(4000)));
    session->session = "s";
    watch.join(slice, session);
    co_await settled();
    watch.join(renewed, f.of_key("a", seconds(400)));
    co_await later(f, watch, seconds(59));
    CHECK(slice.told == "");
    co_await later(f, watch, seconds(1));
    CHECK(slice.told == "asks again ");
    CHECK(renewed.told == "");
    co_await watch.stop();
  });
}

TEST_CASE(
    "a key that is taken away ends its streams; however often it is asked for, all are judged four times a second") {
  fixture f;
  test::run([&]() -> base::awaitable<void> {
    access_watch watch(co_await asio::this_coro::executor, *f.entrance, f.clock, f.log);
    stream a, b;
    watch.join(a, f.of_key("a", seconds(0)));
    watch.join(b, f.of_key("b", seconds(0)));
    co_await settled();
    co_await later(f, watch, seconds(1));
    f.good.erase(f.good.begin());
    f.verifier->asked = 0;
    for (int i = 0; i < 100; ++i) co_await later(f, watch, milliseconds(1));
    CHECK(f.verifier->asked == 0);
    CHECK(a.told == "");
    co_await later(f, watch, milliseconds(150));
    CHECK(f.verifier->asked == 2);
    CHECK(a.told == "taken away ");
    CHECK(b.told == "");
    stream late;
    watch.join(late, f.of_key("a", seconds(0)));
    CHECK(late.told == "taken away ");
    co_await watch.stop();
  });
}
