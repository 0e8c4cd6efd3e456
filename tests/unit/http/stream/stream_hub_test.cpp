#include "http/stream/stream_hub.hpp"

#include "unit/http/stream/stream_fixture.hpp"

using namespace streamdemo;
using namespace streamdemo::http;
using base::milliseconds;

TEST_CASE("many wakes in one turn are one pull and one write") {
  stream_fixture f;
  const script s = f.make_script();
  peer p = f.start_http(s, body_framing::until_closed);
  f.turn();
  const int pulls = s->pulls;
  const double writes = f.metrics.writes.Value();
  for (int i = 0; i < 100; ++i) s->give("x");
  f.turn();
  CHECK(s->pulls == pulls + 1);
  CHECK(f.metrics.writes.Value() == writes + 1);
  CHECK(f.receives(p, std::string(100, 'x')));
}

TEST_CASE("drain lets every source say goodbye and end, also one that comes later") {
  stream_fixture f;
  const script first = f.make_script();
  first->goodbye = "bye";
  first->how.complete = false;
  peer p = f.start_http(first);
  f.turn();
  f.hub->drain();
  CHECK(f.receives(p, "3\r\nbye\r\n"));
  f.pass(2 * f.hub_options.before_cut);
  CHECK(f.ends(p));
  CHECK(p.text() == "3\r\nbye\r\n");
  const script late = f.make_script();
  late->goodbye = "at once";
  peer q = f.start_http(late);
  CHECK(f.ends(q));
  CHECK(q.text() == "7\r\nat once\r\n0\r\n\r\n");
}

TEST_CASE("cut closes everything now and reports each") {
  stream_fixture f;
  std::vector<script> scripts;
  std::vector<peer> peers;
  for (int i = 0; i < 5; ++i) {
    scripts.push_back(f.make_script());
    if (i == 3) scripts.back()->content.push_back(std::string(1 << 20, 'x'));
    peers.push_back(i % 2 == 0 ? f.start_websocket(scripts.back())
                               : f.start_http(scripts.back(), body_framing::chunked, 4096, 4096));
  }
  f.turn();
  CHECK(f.metrics.open_http.Value() == 2);
  CHECK(f.metrics.open_websocket.Value() == 3);
  f.hub->cut();
  CHECK(f.hub->size() == 0);
  CHECK(f.closed == 0);
  for (const script& s : scripts) CHECK_FALSE(s->alive);
  f.turn();
  CHECK(f.closed == 5);
  CHECK(f.metrics.open_http.Value() == 0);
  CHECK(f.metrics.open_websocket.Value() == 0);
  for (peer& p : peers) CHECK(f.ends(p));
}

TEST_CASE("a hub may go while its sessions wait, write and are queued") {
  stream_fixture f;
  const script idle = f.make_script();
  const script writing = f.make_script();
  const script queued = f.make_script();
  writing->content.push_back(std::string(1 << 20, 'x'));
  peer a = f.start_websocket(idle);
  peer b = f.start_http(writing, body_framing::chunked, 4096, 4096);
  peer c = f.start_http(queued);
  f.turn();
  queued->give("never sent");
  f.hub.reset();
  CHECK_FALSE(idle->alive);
  CHECK_FALSE(writing->alive);
  CHECK_FALSE(queued->alive);
  f.turn();
  CHECK(f.closed == 0);
  CHECK(f.ends(c));
  CHECK(c.text() == "");
}

TEST_CASE("a loop may go with operations of its sessions still pending") {
  const script s = std::make_shared<script_source::shared>();
  {
    stream_fixture f;
    peer p = f.start_http(s);
    f.turn();
    f.hub.reset();
  }
  CHECK_FALSE(s->alive);
}

TEST_CASE("a source that fails loses its own stream only") {
  stream_fixture f;
  const script good = f.make_script();
  const script bad = f.make_script();
  peer p = f.start_http(good, body_framing::until_closed);
  peer q = f.start_http(bad, body_framing::until_closed);
  f.turn();
  bad->throws = true;
  bad->give("x");
  good->give("fine");
  CHECK(f.ends(q));
  CHECK(f.receives(p, "fine"));
  CHECK(f.closed == 1);
  CHECK_FALSE(bad->alive);
}

TEST_CASE("a source with much to give does not hold up the others") {
  stream_fixture f;
  const script greedy = f.make_script();
  const script modest = f.make_script();
  for (int i = 0; i < 64; ++i) greedy->content.push_back(std::string(65536, 'g'));
  modest->content.push_back("m");
  peer p = f.start_http(greedy, body_framing::until_closed, 1 << 22, 1 << 22);
  peer q = f.start_http(modest, body_framing::until_closed);
  f.turn();
  CHECK(f.receives(q, "m"));
  CHECK(f.until([&] {
    p.read_some();
    return p.text().size() == 64 * 65536;
  }));
}

TEST_CASE("hundreds of clients that come and go at random moments leave nothing behind") {
  stream_fixture f;
  std::vector<std::pair<script, std::unique_ptr<peer>>> open;
  unsigned state = 7;
  const auto random = [&] { return state = state * 1664525U + 1013904223U, state >> 16U; };
  int started = 0;
  for (int round = 0; round < 600; ++round) {
    const unsigned what = random() % 5;
    if (what < 2 || open.empty()) {
      const script s = f.make_script();
      open.emplace_back(s, std::make_unique<peer>(what == 0 ? f.start_websocket(s)
                                                            : f.start_http(s, body_framing::chunked, 2048, 2048)));
      ++started;
    } else {
      const std::size_t i = random() % open.size();
      auto& [s, p] = open[i];
      if (what == 2) s->give(std::string(random() % 20000, 'x'));
      if (what == 3) p->read_some(1 + random() % 5000);
      if (what == 4) {
        if (random() % 2 == 0) {
          p->reset();
        } else {
          p->leave();
        }
        std::swap(open[i], open.back());
        open.pop_back();
      }
    }
    if (random() % 3 == 0) f.turn();
  }
  CHECK(f.until([&] { return f.hub->size() == open.size(); }));
  open.clear();
  CHECK(f.until([&] { return f.closed == started; }));
  CHECK(f.hub->size() == 0);
}
