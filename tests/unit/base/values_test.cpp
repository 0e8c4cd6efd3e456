#include <doctest/doctest.h>

#include <array>
#include <set>
#include <streamdemo/base/clock.hpp>
#include <streamdemo/base/hash.hpp>
#include <streamdemo/base/id.hpp>
#include <streamdemo/base/json.hpp>
#include <streamdemo/base/mixed.hpp>
#include <streamdemo/base/text.hpp>
#include <utility>

using namespace streamdemo::base;
using namespace std::chrono_literals;

TEST_CASE("RFC 3339 times are written and read to the microsecond") {
  const auto t = parse_time("2026-11-22T10:00:00.123456Z");
  REQUIRE(t);
  CHECK(format_micros(*t) == "2026-11-22T10:00:00.123456Z");
  CHECK(format_millis(*t) == "2026-11-22T10:00:00.123Z");
  CHECK(parse_time("2026-11-22T12:00:00.123456+02:00") == t);
  CHECK(parse_time("2026-11-22T10:00:00.123456789Z") == t);
  CHECK(parse_time("2024-02-29T00:00:00Z"));
  CHECK(parse_time("9999-12-31T23:59:59Z"));
  CHECK_FALSE(parse_time("9999-12-31T23:59:59-00:01"));
}

TEST_CASE("a time is the same whatever time was read or written before it") {
  const auto* second = "2026-11-22T10:00:00";
  const auto t = parse_time(second + std::string(".000001Z"));
  REQUIRE(t);
  for (const auto* between : {"2026-11-22T10:00:01.000001Z", "1970-01-01T00:00:00Z", "2026-11-22t10:00:00Z",
                              "2026-11-22T10:00:00+01:00", "2026-11-22T09:59:60Z", "2026-11-22T10:00:00-00:00"}) {
    CAPTURE(between);
    const auto other = parse_time(between);
    REQUIRE(other);
    CHECK(parse_time(second + std::string(".000001Z")) == t);
    CHECK(format_micros(*other) == format_micros(*parse_time(format_micros(*other))));
    CHECK(format_micros(*t) == second + std::string(".000001Z"));
    CHECK(format_millis(*other + std::chrono::milliseconds(7)).ends_with(".007Z"));
  }
  CHECK_FALSE(parse_time(second + std::string(".00000xZ")));
  CHECK_FALSE(parse_time(second + std::string("x000001Z")));
  CHECK_FALSE(parse_time(std::string(19, '\0') + ".000001Z"));
  CHECK(format_micros(*parse_time("1969-12-31T23:59:59.999999Z")) == "1969-12-31T23:59:59.999999Z");
}

TEST_CASE("what is no RFC 3339 time is refused") {
  for (const auto* bad :
       {"", "2026", "2026-11-22", "2026-11-22T10:00:00", "2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z",
        "2026-11-22T24:00:00Z", "2026-11-22T10:60:00Z", "2026-11-22T10:00:00.Z", "2026-11-22T10:00:00Zx",
        "2026-11-22T10:00:00+2:00", "-026-11-22T10:00:00Z"}) {
    CHECK_FALSE_MESSAGE(parse_time(bad), bad);
  }
}

TEST_CASE("random ids differ, derived ids do not, and both are ids") {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const auto id = random_id();
    CHECK(is_id(id));
    CHECK(id[14] == '4');
    CHECK(std::string_view("89ab").find(id[19]) != std::string_view::npos);
    CHECK(seen.insert(id).second);
  }
  CHECK(derived_id("kind", "key") == derived_id("kind", "key"));
  CHECK(derived_id("kind", "key") != derived_id("kin", "dkey"));
  CHECK(is_id(derived_id("kind", "key")));
  CHECK(derived_id("a", "b")[14] == '8');
  CHECK_FALSE(is_id("A0000000-0000-4000-8000-000000000000"));
  CHECK_FALSE(is_id("00000000-0000-4000-8000-00000000000"));
  const std::string id = "01234567-89ab-4def-8000-0123456789ab";
  CHECK(text_of_id(bytes_of_id(id).value()) == id);
  for (std::size_t i = 0; i < id.size(); ++i) {
    for (const char wrong : {'A', 'g', '/', ':', '`', '-', ' ', '\xc3', '\0'}) {
      auto text = id;
      if (text[i] == wrong) continue;
      text[i] = wrong;
      CHECK_FALSE(is_id(text));
      CHECK_FALSE(bytes_of_id(text));
    }
  }
}

TEST_CASE("texts that differ in a character or in their length have different hashes") {
  std::set<std::uint64_t> seen;
  std::size_t texts = 0;
  for (std::size_t size = 0; size <= 40; ++size) {
    std::string text(size, '\0');
    seen.insert(mixed(text));
    ++texts;
    for (auto& c : text) {
      for (const char other : {'a', 'b'}) {
        const auto before = std::exchange(c, other);
        seen.insert(mixed(text));
        ++texts;
        c = before;
      }
    }
  }
  CHECK(seen.size() == texts);
  std::array<int, 256> hits{};
  for (int i = 0; i < 25600; ++i) ++hits[mixed(random_id()) & 255];
  for (const int n : hits) CHECK((n > 40 && n < 180));
}

TEST_CASE("SHA-256 of the standard's example") {
  const std::string of_abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  CHECK(sha256_hex("abc") == of_abc);
  CHECK(digest_from_hex(of_abc) == sha256_bytes("abc"));
  for (const auto& wrong :
       {std::string(), of_abc.substr(1), of_abc + '0', 'g' + of_abc.substr(1), 'B' + of_abc.substr(1)}) {
    CHECK_FALSE(digest_from_hex(wrong).has_value());
  }
}

TEST_CASE("one valid JSON value is JSON; more, less or other is not") {
  for (const auto* good : {"1", "\"a\"", "{}", "[1,{\"a\":null}]", " true ", "1e400", "\"\\u00e9\""}) {
    CHECK_MESSAGE(is_json(good), good);
  }
  for (const auto* bad : {"", " ", "{", "{}{}", "1 2", "nul", "{'a':1}", "[1,]", "\"\xff\"", "// c\n1", "NaN"}) {
    CHECK_FALSE_MESSAGE(is_json(bad), bad);
  }
  CHECK_FALSE(is_json(std::string(100, '[') + std::string(100, ']')));
}

TEST_CASE("UTF-8 is checked to the letter") {
  CHECK(is_utf8("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x8e\xac"));
  for (const auto* bad : {"\x80", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "\xf8\x88\x80\x80\x80"}) {
    CHECK_FALSE(is_utf8(bad));
  }
  for (std::size_t length = 0; length < 20; ++length) {
    std::string text(length, 'a');
    CHECK(is_utf8(text));
    for (auto& c : text) {
      c = '\x80';
      CHECK_FALSE(is_utf8(text));
      c = 'a';
    }
  }
}

TEST_CASE("text becomes a JSON string and bytes become base64") {
  CHECK(json_string("a\"\\\n\t\x01") == R"("a\"\\\n\t\u0001")");
  // Each byte at each place of a longer text, and two of them.
  for (int c = 0; c < 256; ++c) {
    const std::string one(1, static_cast<char>(c)), escaped = json_string(one).substr(1, json_string(one).size() - 2);
    for (std::size_t at = 0; at < 20; ++at) {
      const std::string before(at, static_cast<char>(0xc3)), after(19 - at, '~');
      REQUIRE(json_string(before + one + after) == '"' + before + escaped + after + '"');
      REQUIRE(json_string(one + before + one) == '"' + escaped + before + escaped + '"');
    }
  }
  CHECK(base64("") == "");
  CHECK(base64("f") == "Zg==");
  CHECK(base64("fo") == "Zm8=");
  CHECK(base64("foobar") == "Zm9vYmFy");
}

TEST_CASE("words are the same in any case, but for letters of ASCII only") {
  CHECK(same_word("Content-Type", "cONTENT-tYPE"));
  CHECK(same_word("", ""));
  CHECK_FALSE(same_word("a", "ab"));
  CHECK_FALSE(same_word("[", "{"));  // as far apart as A and a
  CHECK_FALSE(same_word("\xc4", "\xe4"));
}

TEST_CASE("blanks and tabs are cut off at both ends, and nowhere else") {
  CHECK(trim(" \t a b\t") == "a b");
  CHECK(trim(" \t").empty());
  CHECK(trim("\na") == "\na");
}
