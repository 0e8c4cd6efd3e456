#include <doctest/doctest.h>

#include <streamdemo/http/event_stream.hpp>
#include <vector>

using namespace streamdemo::http;

namespace {

template <class Reader, class Show>
std::vector<std::string> read(std::string_view text, std::size_t cut, Show show) {
  Reader reader;
  std::vector<std::string> all;
  for (const auto piece : {text.substr(0, cut), text.substr(cut)}) {
    reader.feed(piece);
    while (const auto one = reader.next()) all.push_back(show(*one));
  }
  return all;
}

std::string shown(const sse_frame& f) {
  return f.id + "|" + f.event + "|" + f.data + "|" + f.retry + "|" + f.comment;
}

}  // namespace

TEST_CASE("server-sent events in any splits give the same frames, with LF and with CRLF") {
  const std::string lf =
      "retry: 1000\nid: 0\n\n: heartbeat\n\nid: 3\nevent: result\ndata: {\"a\":1}\n\n\ndata:one\ndata: two\n\nid: 9\n";
  std::string crlf;
  for (const char c : lf) crlf += c == '\n' ? std::string("\r\n") : std::string(1, c);
  const std::vector<std::string> expected{"0|||1000|", "||||heartbeat", "3|result|{\"a\":1}||", "||one\ntwo||"};
  for (const auto& text : {lf, crlf}) {
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
      CAPTURE(cut);
      CHECK(read<sse_reader>(text, cut, shown) == expected);
    }
  }
}

TEST_CASE("lines in any splits give the same lines, and half a line is kept") {
  const std::string text = "{\"a\":1}\n\n{\"b\":2}\r\nrest";
  const std::vector<std::string> expected{"{\"a\":1}", "", "{\"b\":2}"};
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    CAPTURE(cut);
    CHECK(read<line_reader>(text, cut, [](std::string_view line) { return std::string(line); }) == expected);
  }
}

TEST_CASE("lines that were not asked for before more is fed are not lost") {
  line_reader reader;
  reader.feed("a\nb\nc");
  CHECK(reader.next() == "a");
  reader.feed("d\n");
  CHECK(reader.next() == "b");
  CHECK(reader.next() == "cd");
  CHECK_FALSE(reader.next());
}
