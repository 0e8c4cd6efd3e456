#include "http/stream/http_session.hpp"

#include "unit/http/stream/stream_fixture.hpp"

using namespace streamdemo;
using namespace streamdemo::http;
using base::milliseconds;

TEST_CASE("what a source gives in one turn goes out as one chunk") {
  stream_fixture f;
  const script s = f.make_script();
  peer p = f.start_http(s);
  f.turn();
  const int before = s->pulls;
  s->give("one,");
  s->give("two,");
  s->give("three");
  f.turn();
  CHECK(s->pulls == before + 1);
  CHECK(f.receives(p, "d\r\none,two,three\r\n"));
}

TEST_CASE("a complete stream ends with the last chunk and is closed once the client has closed") {
  stream_fixture f;
  const script s = f.make_script();
  s->give("all");
  s->finish();
  peer p = f.start_http(s);
  CHECK(f.ends(p));
  CHECK(p.text() == "3\r\nall\r\n0\r\n\r\n");
  CHECK_FALSE(s->alive);
  CHECK(f.closed == 0);
  p.leave();
  CHECK(f.until([&] { return f.closed == 1; }));
  CHECK(f.hub->size() == 0);
}

TEST_CASE("after its last chunk a socket is free for the next request, unless it was cut or more had come") {
  stream_fixture f;
  const script s = f.make_script();
  s->give("all");
  SUBCASE("free") {
    peer p = f.start_http(s, body_framing::chunked_reusable);
    s->finish();
    CHECK(f.until([&] { return f.free.size() == 1; }));
    CHECK(f.receives(p, "3\r\nall\r\n0\r\n\r\n"));
    CHECK(f.hub->size() == 0);
    CHECK_FALSE(s->alive);
    p.send("next");
    std::string next(4, ' ');
    CHECK(f.free[0].receive(asio::buffer(next)) == 4);
    CHECK(next == "next");
    CHECK(f.closed == 0);
  }
  SUBCASE("cut") {
    peer p = f.start_http(s, body_framing::chunked_reusable);
    s->finish({.complete = false});
    f.turn();
    f.pass(2 * f.hub_options.before_cut);
    CHECK(f.ends(p));
  }
  SUBCASE("more had come") {
    peer p = f.start_http(s, body_framing::chunked_reusable);
    p.send("too early");
    f.turn();
    s->finish();
    CHECK(f.ends(p));
  }
  SUBCASE("drained") {
    f.hub->drain();
    peer p = f.start_http(s, body_framing::chunked_reusable);
    CHECK(f.ends(p));
  }
}

TEST_CASE("a stream that is cut has no last chunk, but all that was given, and its end comes apart from that") {
  stream_fixture f;
  const script s = f.make_script();
  s->give("half");
  s->finish({.complete = false});
  peer p = f.start_http(s);
  CHECK(f.receives(p, "4\r\nhalf\r\n"));
  CHECK_FALSE(s->alive);
  f.pass(f.hub_options.before_cut - f.wheel.tick());
  p.read_some();
  CHECK_FALSE(p.ended());
  f.pass(2 * f.wheel.tick());
  CHECK(f.ends(p));
  CHECK(p.text() == "4\r\nhalf\r\n");
}

TEST_CASE("a client that leaves before the end of its cut stream is gone at once") {
  stream_fixture f;
  const script s = f.make_script();
  s->give("half");
  s->finish({.complete = false});
  peer p = f.start_http(s);
  CHECK(f.receives(p, "4\r\nhalf\r\n"));
  p.leave();
  CHECK(f.until([&] { return f.closed == 1; }));
}

TEST_CASE("an HTTP/1.0 client gets the content as it is, until the end of the connection") {
  stream_fixture f;
  const script s = f.make_script();
  s->give("a");
  s->give("b");
  s->finish();
  peer p = f.start_http(s, body_framing::until_closed);
  CHECK(f.ends(p));
  CHECK(p.text() == "ab");
}

TEST_CASE("the end of a client's input ends its stream and its source") {
  stream_fixture f;
  const script s = f.make_script();
  peer p = f.start_http(s);
  f.turn();
  CHECK(s->alive);
  SUBCASE("it closes") {
    p.leave();
  }
  SUBCASE("it shuts down its side") {
    p.end_output();
  }
  SUBCASE("it resets the connection") {
    p.reset();
  }
  CHECK(f.until([&] { return f.closed == 1; }));
  CHECK_FALSE(s->alive);
  CHECK(f.hub->size() == 0);
}

TEST_CASE("input is thrown away, and a flood of it ends the stream") {
  stream_fixture f;
  const script s = f.make_script();
  peer p = f.start_http(s);
  p.send("GET /pipelined HTTP/1.1\r\n\r\n");
  f.turn();
  s->give("still here");
  CHECK(f.receives(p, "a\r\nstill here\r\n"));
  const std::string flood(16384, 'x');
  for (int i = 0; i < 8; ++i) {
    if (f.closed == 0) p.send(flood);
    f.turn();
  }
  CHECK(f.until([&] { return f.closed == 1; }));
}

TEST_CASE("a slow reader behind tiny buffers gets every byte once, and the source is not read ahead") {
  stream_fixture f;
  const script s = f.make_script();
  std::string expected;
  for (int i = 0; i < 3000; ++i) {
    std::string event = "event " + std::to_string(i) + std::string(static_cast<std::size_t>(i % 1500), '.');
    expected += event;
    s->content.push_back(std::move(event));
  }
  peer p = f.start_http(s, body_framing::chunked, 2048, 2048);
  f.turn();
  CHECK(f.metrics.blocked.Value() > 0);
  // One batch is all that is held for it.
  CHECK(s->pulls == 1);
  const std::size_t left = s->content.size();
  for (int i = 0; i < 100; ++i) {
    s->sink->wake();
    f.turn();
  }
  CHECK(s->content.size() == left);
  s->finish();
  CHECK(f.until([&] {
    p.read_some(700);
    return p.ended();
  }));
  const dechunked d = dechunk(p.text());
  CHECK(d.complete);
  CHECK((d.content == expected));
}

TEST_CASE("a client that goes away in the middle of a write is let go, with what was held for it") {
  stream_fixture f;
  const script s = f.make_script();
  auto big = std::make_shared<const std::string>(4 << 20, 'x');
  s->content.push_back(*big);
  peer p = f.start_http(s, body_framing::chunked, 4096, 4096);
  f.turn();
  p.read_some(1000);
  f.turn();
  SUBCASE("reset") {
    p.reset();
  }
  SUBCASE("closed with unread bytes") {
    p.leave();
  }
  CHECK(f.until([&] { return f.closed == 1; }));
  CHECK_FALSE(s->alive);
}

TEST_CASE("a stream with nothing to say sends its heartbeat, and one that talks sends none") {
  stream_fixture f{{.heartbeat = milliseconds{1000}}};
  const script s = f.make_script();
  peer p = f.start_http(s);
  f.pass(milliseconds{900});
  s->give("talk");
  f.turn();
  f.pass(milliseconds{900});
  CHECK(f.receives(p, "4\r\ntalk\r\n"));
  f.pass(milliseconds{200});
  CHECK(f.receives(p, "4\r\ntalk\r\n3\r\n:\n\n\r\n"));
  f.pass(milliseconds{1100});
  CHECK(f.receives(p, "4\r\ntalk\r\n3\r\n:\n\n\r\n3\r\n:\n\n\r\n"));
}

TEST_CASE("a peer that takes no byte for the write timeout is cut") {
  stream_fixture f{{.write_timeout = milliseconds{3000}, .heartbeat = milliseconds{1000}}};
  const script s = f.make_script();
  s->content.push_back(std::string(8 << 20, 'x'));
  peer p = f.start_http(s, body_framing::chunked, 4096, 4096);
  f.turn();
  f.pass(milliseconds{2500});
  CHECK(f.hub->size() == 1);
  f.pass(milliseconds{1500});
  CHECK(f.hub->size() == 0);
  CHECK(f.closed == 1);
  CHECK(f.metrics.timed_out.Value() == 1);
  // The kernel keeps nothing for it either.
  CHECK(f.ends(p));
  CHECK(p.was_reset());
}

TEST_CASE("a peer that leaves the end of its stream in the kernel is cut, too") {
  stream_fixture f{{.write_timeout = milliseconds{3000}, .linger = milliseconds{500}}};
  const script s = f.make_script();
  s->content.push_back(std::string(60000, 'x'));
  SUBCASE("after its end") {
    s->finish();
  }
  SUBCASE("in its midst, where the peer has said its last") {}
  peer p = f.start_http(s, body_framing::chunked, 1 << 18, 4096);
  f.turn();
  p.end_output();
  REQUIRE(f.until([&] { return !s->alive; }));
  f.pass(milliseconds{2500});
  CHECK(f.hub->size() == 1);
  f.pass(milliseconds{3000});
  CHECK(f.hub->size() == 0);
  CHECK(f.ends(p));
  CHECK(p.was_reset());
}

TEST_CASE("a peer that takes the end of its stream slowly gets all of it") {
  stream_fixture f{{.write_timeout = milliseconds{3000}, .linger = milliseconds{500}}};
  const script s = f.make_script();
  s->content.push_back(std::string(60000, 'x'));
  s->finish();
  peer p = f.start_http(s, body_framing::chunked, 1 << 18, 4096);
  f.turn();
  while (!p.ended()) {
    const auto before = p.text().size();
    REQUIRE(f.until([&] {
      p.read_some(2048);
      return p.ended() || p.text().size() >= before + 8192;
    }));
    f.pass(milliseconds{2000});
  }
  CHECK(!p.was_reset());
  CHECK(dechunk(p.text()).complete);
  f.pass(milliseconds{1000});
  CHECK(f.hub->size() == 0);
}

TEST_CASE("a peer that takes a little within each write timeout is kept") {
  stream_fixture f{{.write_timeout = milliseconds{3000}}};
  const script s = f.make_script();
  s->content.push_back(std::string(1 << 20, 'x'));
  peer p = f.start_http(s, body_framing::chunked, 4096, 4096);
  f.turn();
  for (int i = 0; i < 20; ++i) {
    const std::size_t before = p.text().size();
    CHECK(f.until([&] {
      p.read_some(2048);
      return p.text().size() >= before + 8192;
    }));
    f.pass(milliseconds{2000});
    REQUIRE(f.hub->size() == 1);
  }
}

TEST_CASE("the time in which the loop was busy does not count against a peer") {
  stream_fixture f{{.write_timeout = milliseconds{1000}, .linger = milliseconds{1000}}};
  const script s = f.make_script();
  peer p = f.start_http(s, body_framing::chunked, 4096, 4096);
  f.turn();
  f.time += milliseconds{900};
  SUBCASE("before a write that its socket does not take") {
    s->give(std::string(1 << 20, 'x'));
    f.turn();
    REQUIRE(f.metrics.blocked.Value() == 1);
  }
  SUBCASE("before its last bytes") {
    s->finish();
    CHECK(f.ends(p));
  }
  f.pass(milliseconds{900});
  CHECK(f.closed == 0);
  f.pass(milliseconds{300});
  CHECK(f.closed == 1);
}

TEST_CASE("after the end a peer that keeps sending is cut, by bytes or by time") {
  stream_fixture f{{.linger = milliseconds{500}}};
  const script s = f.make_script();
  s->finish();
  peer p = f.start_http(s);
  CHECK(f.ends(p));
  SUBCASE("bytes") {
    const std::string flood(30000, 'x');
    for (int i = 0; i < 3; ++i) {
      p.send(flood);
      f.until([&] { return f.context.poll() == 0; });
    }
    CHECK(f.until([&] { return f.closed == 1; }));
  }
  SUBCASE("time") {
    f.pass(milliseconds{400});
    CHECK(f.closed == 0);
    f.pass(milliseconds{300});
    CHECK(f.closed == 1);
  }
}
