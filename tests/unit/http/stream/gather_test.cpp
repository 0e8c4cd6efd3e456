#include "http/stream/gather.hpp"

#include <doctest/doctest.h>

#include <array>

using namespace streamdemo::http;

namespace {

std::string bytes_left(const gather& g) {
  std::string out;
  std::array<iovec, 64> vectors;
  const gather::offer o = g.front(vectors);
  for (std::size_t i = 0; i < o.count; ++i)
    out.append(static_cast<const char*>(vectors[i].iov_base), vectors[i].iov_len);
  CHECK(o.bytes == out.size());
  return out;
}

piece shared(const std::shared_ptr<const std::string>& s) {
  return {s, *s};
}

}  // namespace

TEST_CASE("own and shared bytes go out in the order they came") {
  const auto a = std::make_shared<const std::string>("first");
  gather g;
  g.own("<");
  g.own("1>");
  g.refer(shared(a));
  g.own("<2>");
  g.refer({nullptr, "static"});
  g.refer({nullptr, ""});
  CHECK(bytes_left(g) == "<1>first<2>static");
  CHECK(g.size() == 17);
}

TEST_CASE("neighbouring own bytes are one vector, shared ones are never copied") {
  const auto a = std::make_shared<const std::string>("shared");
  gather g;
  g.own("a");
  g.own("b");
  g.refer(shared(a));
  std::array<iovec, 8> vectors;
  CHECK(g.front(vectors).count == 2);
  CHECK(vectors[1].iov_base == a->data());
}

TEST_CASE("no more is offered than there is room for") {
  gather g;
  for (int i = 0; i < 5; ++i) g.refer({nullptr, "xx"});
  std::array<iovec, 3> vectors;
  const gather::offer o = g.front(vectors);
  CHECK(o.count == 3);
  CHECK(o.bytes == 6);
}

TEST_CASE("after any number of sent bytes exactly the others are left, also in the compact rest") {
  const auto a = std::make_shared<const std::string>("alpha");
  const auto b = std::make_shared<const std::string>("beta");
  const std::string all = "[5]alpha[4]beta;end";
  for (std::size_t sent = 0; sent <= all.size(); ++sent) {
    CAPTURE(sent);
    gather g;
    g.own("[5]");
    g.refer(shared(a));
    g.own("[4]");
    g.refer(shared(b));
    g.own(";");
    g.refer({nullptr, "end"});
    g.advance(sent);
    CHECK(bytes_left(g) == all.substr(sent));
    CHECK(g.empty() == (sent == all.size()));
    gather rest = g.take_rest();
    CHECK(g.empty());
    CHECK(rest.size() == all.size() - sent);
    CHECK(bytes_left(rest) == all.substr(sent));
    for (std::size_t i = sent; i < all.size(); ++i) rest.advance(1);
    CHECK(rest.empty());
  }
}

TEST_CASE("a piece is let go as soon as its last byte is sent") {
  auto a = std::make_shared<const std::string>("alpha");
  const std::weak_ptr<const std::string> watch = a;
  gather g;
  g.refer(shared(a));
  g.own("tail");
  a.reset();
  g.advance(4);
  CHECK_FALSE(watch.expired());
  g.advance(1);
  CHECK(watch.expired());
  CHECK(bytes_left(g) == "tail");
}

TEST_CASE("a scratch that was cleared can be filled again") {
  gather g;
  g.own("old");
  g.advance(2);
  g.clear();
  CHECK(g.empty());
  g.own("new");
  CHECK(bytes_left(g) == "new");
}
