#include "http/stream/websocket_session.hpp"

#include "unit/http/stream/stream_fixture.hpp"
#include "unit/http/websocket/client_frames.hpp"

using namespace streamdemo;
using namespace streamdemo::http;
using namespace std::string_literals;
using base::milliseconds;
namespace ws = streamdemo::http::websocket;

namespace {

const std::string close_1000 = "\x88\x02\x03\xe8";

std::string message(const std::string& s) {
  char head[ws::max_head_bytes];
  return std::string{head, ws::write_head(head, ws::opcode::text, s.size())} + s;
}

}  // namespace

TEST_CASE("each piece is one text message, many in one write") {
  stream_fixture f;
  const script s = f.make_script();
  peer p = f.start_websocket(s);
  f.turn();
  const double writes = f.metrics.writes.Value();
  const std::string longer(70000, 'l');
  s->give("a");
  s->give(std::string(200, 'b'));
  s->give("");
  f.turn();
  CHECK(f.metrics.writes.Value() == writes + 1);
  s->give(longer);
  CHECK(f.receives(p, message("a") + message(std::string(200, 'b')) + message("") + message(longer)));
}

TEST_CASE("messages from the client reach the source, also those that came with the upgrade, in any splits") {
  stream_fixture f;
  const script s = f.make_script();
  const std::string early = ws::text("first") + ws::text("second");
  peer p = f.start_websocket(s, early.substr(0, early.size() - 3));
  CHECK(s->heard == std::vector<std::string>{"first"});
  const std::string rest = early.substr(early.size() - 3) + ws::part(1, "thi", false) + ws::part(0, "rd", true);
  for (const char c : rest) {
    p.send({&c, 1});
    f.turn();
  }
  CHECK(f.until([&] { return s->heard.size() == 3; }));
  CHECK(s->heard == std::vector<std::string>{"first", "second", "third"});
}

TEST_CASE("a message that is half-read takes room, and without room its socket is closed with 1013") {
  base::metrics numbers;
  base::byte_budget room(50000, 4096, numbers.gauge("used", ""), numbers.counter("refused", ""));
  stream_fixture f{{.buffers = &room}};
  const script s = f.make_script();
  const script other = f.make_script();
  peer p = f.start_websocket(s);
  peer q = f.start_websocket(other);
  const std::string half = ws::part(1, std::string(30000, 'h'), false);
  p.send(half);
  REQUIRE(f.until([&] { return room.used() >= 30000; }));
  q.send(half);
  CHECK(f.until([&] {
    q.read_some();
    return q.text().starts_with("\x88") && q.text().substr(2, 2) == "\x03\xf5";
  }));
  CHECK_FALSE(other->alive);
  p.send(ws::part(0, "and the rest", true));
  CHECK(f.until([&] { return s->heard.size() == 1; }));
  CHECK(f.until([&] { return room.used() == 0; }));
}

TEST_CASE("a source says how much of a message may wait for its end, and may say so anew") {
  base::metrics numbers;
  base::byte_budget room(50000, 4096, numbers.gauge("used", ""), numbers.counter("refused", ""));
  stream_fixture f{{.buffers = &room}};
  const script s = f.make_script();
  const script other = f.make_script();
  s->max_half_read = other->max_half_read = 10000;
  peer p = f.start_websocket(s);
  peer q = f.start_websocket(other);
  for (peer* one : {&p, &q}) one->send(ws::part(1, std::string(9000, 'h'), false));
  REQUIRE(f.until([&] { return room.used() >= 18000; }));
  s->max_half_read = 20000;
  for (peer* one : {&p, &q}) one->send(ws::part(0, std::string(9000, 'h'), false));
  CHECK(f.until([&] {
    q.read_some();
    return q.text().starts_with("\x88") && q.text().substr(2, 2) == "\x03\xf1";
  }));
  CHECK_FALSE(other->alive);
  p.send(ws::part(0, "", true));
  CHECK(f.until([&] { return s->heard.size() == 1; }));
  CHECK(s->heard.front().size() == 18000);
  CHECK(f.until([&] { return room.used() == 0; }));
}

TEST_CASE("a ping is answered with its own bytes, before further messages") {
  stream_fixture f;
  const script s = f.make_script();
  peer p = f.start_websocket(s);
  p.send(ws::control(ws::opcode::ping, "are you there"));
  CHECK(f.receives(p,
                   "\x8a\x0d"
                   "are you there"s));
}

TEST_CASE("of many pings at once the latest is answered") {
  stream_fixture f;
  const script s = f.make_script();
  peer p = f.start_websocket(s);
  f.turn();
  std::string pings;
  for (int i = 0; i < 1000; ++i) pings += ws::control(ws::opcode::ping, std::to_string(1000 + i));
  p.send(pings);
  CHECK(f.until([&] {
    p.read_some();
    return p.text().ends_with(
        "\x8a\x04"
        "1999");
  }));
  CHECK(p.text().size() < 1000);
}

TEST_CASE("a stream that ends closes with the source's code, awaits the peer's close and ends the connection") {
  stream_fixture f;
  const script s = f.make_script();
  s->give("last");
  s->finish({.close_code = 1012, .reason = "restarting"});
  peer p = f.start_websocket(s);
  CHECK(f.receives(p, message("last") + "\x88\x0c\x03\xf4restarting"s));
  CHECK_FALSE(s->alive);
  p.send(ws::control(ws::opcode::ping) + ws::text("ignored") + ws::close_with(1012));
  CHECK(f.ends(p));
  p.leave();
  CHECK(f.until([&] { return f.closed == 1; }));
  CHECK(s->heard.empty());
}

TEST_CASE("a close that may wait does so for a second, but not for a peer that says goodbye itself, or a drain") {
  stream_fixture f;
  const script s = f.make_script();
  s->give("all");
  s->finish({.late = true});
  SUBCASE("it waits, and what the peer says meanwhile changes nothing") {
    peer p = f.start_websocket(s);
    CHECK(f.receives(p, message("all")));
    CHECK_FALSE(s->alive);
    f.pass(milliseconds{900});
    p.send(ws::text("more"));
    f.turn();
    p.read_some();
    CHECK(p.text() == message("all"));
    f.pass(milliseconds{200});
    CHECK(f.receives(p, message("all") + close_1000));
    p.send(ws::close_with(1000));
    CHECK(f.ends(p));
  }
  SUBCASE("the peer's goodbye") {
    peer p = f.start_websocket(s);
    CHECK(f.receives(p, message("all")));
    p.send(ws::close_with(1000));
    CHECK(f.receives(p, message("all") + close_1000));
    CHECK(f.ends(p));
  }
  SUBCASE("the peer is gone") {
    peer p = f.start_websocket(s);
    CHECK(f.receives(p, message("all")));
    p.leave();
    CHECK(f.until([&] { return f.closed == 1; }));
  }
  SUBCASE("a drain") {
    f.hub->drain();
    peer p = f.start_websocket(s);
    CHECK(f.receives(p, message("all") + close_1000));
  }
}

TEST_CASE("a peer that never answers our close is cut at its deadline") {
  stream_fixture f{{.close_timeout = milliseconds{500}}};
  const script s = f.make_script();
  s->finish();
  peer p = f.start_websocket(s);
  CHECK(f.receives(p, close_1000));
  f.pass(milliseconds{400});
  CHECK(f.closed == 0);
  f.pass(milliseconds{200});
  CHECK(f.closed == 1);
  CHECK(f.metrics.timed_out.Value() == 1);
}

TEST_CASE("a peer's close is answered with its code, and the source goes at once") {
  stream_fixture f;
  const script s = f.make_script();
  peer p = f.start_websocket(s);
  f.turn();
  SUBCASE("with a code") {
    p.send(ws::close_with(4001, "done here"));
    CHECK(f.ends(p));
    CHECK(p.text() == "\x88\x02\x0f\xa1"s);
  }
  SUBCASE("without one") {
    p.send(ws::control(ws::opcode::close));
    CHECK(f.ends(p));
    CHECK(p.text() == "\x88\x00"s);
  }
  CHECK_FALSE(s->alive);
  p.leave();
  CHECK(f.until([&] { return f.closed == 1; }));
}

TEST_CASE("a client that breaks the protocol is told why") {
  stream_fixture f{{.max_message_bytes = 100}};
  const script s = f.make_script();
  peer p = f.start_websocket(s);
  const auto told = [&](const std::string& bytes, int code) {
    p.send(bytes);
    CHECK(f.ends(p));
    REQUIRE(p.text().size() >= 4);
    CHECK(p.text()[0] == '\x88');
    CHECK(static_cast<std::uint8_t>(p.text()[2]) * 256 + static_cast<std::uint8_t>(p.text()[3]) == code);
  };
  SUBCASE("not masked") {
    told(ws::bytes_of({.payload = "x", .masked = false}), 1002);
  }
  SUBCASE("binary") {
    told(ws::bytes_of({.op = 2, .payload = "x"}), 1003);
  }
  SUBCASE("not UTF-8") {
    told(ws::text("\xff"), 1007);
  }
  SUBCASE("too big") {
    told(ws::text(std::string(101, 'x')), 1009);
  }
  CHECK_FALSE(s->alive);
  CHECK(f.metrics.bad_frames.Value() == 1);
  p.leave();
  CHECK(f.until([&] { return f.closed == 1; }));
}

TEST_CASE("a frame under way is finished before a pong or a close is sent") {
  stream_fixture f;
  const script s = f.make_script();
  const std::string big(300000, 'b');
  s->content.push_back(big);
  peer p = f.start_websocket(s, {}, 4096, 4096);
  f.turn();
  p.send(ws::control(ws::opcode::ping, "now"));
  f.turn();
  SUBCASE("pong") {
    CHECK(f.until([&] {
      p.read_some(5000);
      return p.text().size() == message(big).size() + 5;
    }));
    CHECK((p.text() == message(big) + "\x8a\x03"
                                      "now"));
  }
  SUBCASE("close") {
    p.send(ws::close_with(1000));
    CHECK(f.until([&] {
      p.read_some(5000);
      return p.ended();
    }));
    CHECK((p.text() == message(big) + close_1000));
  }
}

TEST_CASE("a slow reader gets every message once") {
  stream_fixture f;
  const script s = f.make_script();
  std::string expected;
  for (int i = 0; i < 2000; ++i) {
    const std::string m = std::to_string(i) + std::string(static_cast<std::size_t>(i % 700), 'm');
    expected += message(m);
    s->content.push_back(m);
  }
  s->finish();
  peer p = f.start_websocket(s, {}, 2048, 2048);
  CHECK(f.until([&] {
    p.read_some(900);
    return p.text().size() >= expected.size() + close_1000.size();
  }));
  CHECK((p.text() == expected + close_1000));
}

TEST_CASE("a silent peer is pinged, and cut when it does not answer in time") {
  stream_fixture f{{.ping = milliseconds{1000}, .pong_timeout = milliseconds{500}}};
  const script s = f.make_script();
  peer p = f.start_websocket(s);
  f.pass(milliseconds{1100});
  CHECK(f.receives(p, "\x89\x00"s));
  SUBCASE("no answer") {
    f.pass(milliseconds{300});
    CHECK(f.closed == 0);
    f.pass(milliseconds{300});
    CHECK(f.closed == 1);
    CHECK(f.metrics.timed_out.Value() == 1);
  }
  SUBCASE("an answer that came while the loop was busy") {
    p.send(ws::control(ws::opcode::pong));
    f.time += milliseconds{700};
    f.wheel.advance(f.time);
    CHECK(f.closed == 0);
    f.turn();
    f.pass(milliseconds{300});
    CHECK(f.closed == 0);
  }
  SUBCASE("it answers each") {
    for (int i = 0; i < 5; ++i) {
      const std::size_t before = p.text().size();
      p.send(ws::control(ws::opcode::pong));
      f.turn();
      f.pass(milliseconds{1100});
      CHECK(f.until([&] {
        p.read_some();
        return p.text().size() == before + 2;
      }));
    }
    CHECK(f.closed == 0);
  }
}

TEST_CASE("a peer that talks is not pinged") {
  stream_fixture f{{.ping = milliseconds{1000}}};
  const script s = f.make_script();
  peer p = f.start_websocket(s);
  for (int i = 0; i < 5; ++i) {
    f.pass(milliseconds{800});
    p.send(ws::text("still here"));
    CHECK(f.until([&] { return s->heard.size() == static_cast<std::size_t>(i) + 1; }));
  }
  p.read_some();
  CHECK(p.text() == "");
}

TEST_CASE("a slow reader that still takes bytes is not cut for a pong it cannot have sent") {
  stream_fixture f{
      {.write_timeout = milliseconds{5000}, .ping = milliseconds{1000}, .pong_timeout = milliseconds{500}}};
  const script s = f.make_script();
  s->content.push_back(std::string(400000, 'x'));
  peer p = f.start_websocket(s, {}, 4096, 4096);
  f.turn();
  for (int i = 0; i < 10; ++i) {
    const std::size_t before = p.text().size();
    CHECK(f.until([&] {
      p.read_some(2048);
      return p.text().size() >= before + 8192;
    }));
    f.pass(milliseconds{2000});
    REQUIRE(f.closed == 0);
  }
}

TEST_CASE("a client that goes without a close frame is gone") {
  stream_fixture f;
  const script s = f.make_script();
  peer p = f.start_websocket(s);
  f.turn();
  SUBCASE("end of input") {
    p.end_output();
  }
  SUBCASE("reset") {
    p.reset();
  }
  CHECK(f.until([&] { return f.closed == 1; }));
  CHECK_FALSE(s->alive);
}

TEST_CASE("a source that is busy holds the client back, whose silence then counts for nothing") {
  stream_fixture f;
  const script s = f.make_script();
  peer p = f.start_websocket(s);
  s->busy = true;
  p.send(ws::text("first"));
  REQUIRE(f.until([&] { return s->heard.size() == 1; }));
  p.send(ws::text("second"));
  f.turn();
  // Longer than ping and pong together; the pong would not be read.
  f.pass(f.hub_options.ping + f.hub_options.pong_timeout + milliseconds{1000});
  CHECK(s->heard.size() == 1);
  CHECK(f.closed == 0);
  s->busy = false;
  s->give("ready");
  CHECK(f.until([&] { return s->heard.size() == 2; }));
  CHECK(s->heard.back() == "second");
  p.leave();
  CHECK(f.until([&] { return f.closed == 1; }));
}
