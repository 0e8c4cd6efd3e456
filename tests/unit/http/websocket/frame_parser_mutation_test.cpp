// Broken input at random, the same on every run: however it is cut, the parser says the same, keeps within its limit,
// and stays silent after its last step.
#include <doctest/doctest.h>

#include <random>

#include "fuzz/frame_parser_check.hpp"
#include "unit/http/websocket/client_frames.hpp"

using namespace streamdemo::http::websocket;

namespace {

std::string random_payload(std::mt19937& random, std::size_t max) {
  const char* words[] = {"plain", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x8e\xac", " ", "{\"seq\":1}"};
  std::string out;
  for (std::size_t left = random() % 12; left > 0 && out.size() < max; --left) out += words[random() % 6];
  return out.size() > max ? std::string(max, 'm') : out;
}

// What a well-behaved client might send, and what should come of it.
std::string conversation(std::mt19937& random, outcomes& expected) {
  std::string bytes;
  for (std::size_t messages = random() % 6; messages > 0; --messages) {
    std::string whole;
    const std::size_t parts = 1 + random() % 3;
    for (std::size_t i = 0; i < parts; ++i) {
      const std::string payload = random_payload(random, 300);
      whole += payload;
      bytes += bytes_of({.op = static_cast<std::uint8_t>(i == 0 ? 1 : 0),
                         .payload = payload,
                         .fin = i + 1 == parts,
                         .key = static_cast<std::uint32_t>(random())});
      if (i + 1 < parts && random() % 3 == 0) {
        bytes += control(opcode::ping, "between");
        expected.push_back("ping:between");
      }
    }
    expected.push_back("text:" + whole);
  }
  if (random() % 2 == 0) {
    bytes += close_with(1000, "bye");
    expected.push_back("close:1000:bye");
  }
  return bytes;
}

void mutate(std::string& bytes, std::mt19937& random) {
  for (std::size_t changes = 1 + random() % 4; changes > 0 && !bytes.empty(); --changes) {
    const std::size_t at = random() % bytes.size();
    switch (random() % 4) {
      case 0:
        bytes[at] = static_cast<char>(random());
        break;
      case 1:
        bytes[at] = static_cast<char>(bytes[at] ^ (1 << (random() % 8)));
        break;
      case 2:
        bytes.erase(at, 1 + random() % 5);
        break;
      default:
        bytes.insert(at, random_payload(random, 20));
        break;
    }
  }
}

}  // namespace

TEST_CASE("well-formed conversations are read as they were meant, cut at random places") {
  std::mt19937 random{20261122};
  for (int round = 0; round < 3000; ++round) {
    CAPTURE(round);
    outcomes expected;
    const std::string bytes = conversation(random, expected);
    const std::vector<std::size_t> cuts = random_cuts(bytes.size(), random);
    REQUIRE(read_in_parts(bytes, cuts, 100000) == expected);
  }
}

TEST_CASE("broken conversations are judged the same however they are cut") {
  std::mt19937 random{6455};
  for (int round = 0; round < 20000; ++round) {
    CAPTURE(round);
    outcomes ignored;
    std::string bytes = conversation(random, ignored);
    mutate(bytes, random);
    const std::string fault = find_fault(bytes, 1 + random() % 2000, random);
    REQUIRE(fault == "");
  }
}
