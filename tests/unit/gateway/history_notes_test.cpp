#include "gateway/history/history_notes.hpp"

#include <doctest/doctest.h>

using namespace streamdemo;
using namespace streamdemo::gateway;
using namespace std::chrono_literals;

namespace {

constexpr base::sys_time noon{1'800'000'000s};

task_note open_task() {
  task_note n;
  auto& t = n.state;
  t.request_id = "a";
  t.kind = "simulate";
  t.payload_hash = std::string("h\0h", 3);
  t.accepted_by = "gateway/1";
  t.owner = "me";
  t.expiry = noon + 1h;
  t.accepted_at = noon;
  t.last_run = "r3";
  t.last_run_source = "processor/p";
  t.current = true;
  t.last_runseq = 7;
  t.attempt = 3;
  t.failed_runs = 1;
  t.last_seq = 12;
  t.results = 4;
  t.results_begin = 6;
  t.past_runs = {"r1", "r2"};
  n.kept = true;
  n.kept_since = noon + 1s;
  n.results = 4;
  n.result_bytes = 400;
  n.fraction = 0.25;
  n.disk_from = 3;
  n.disk_bytes = 900;
  return n;
}

}  // namespace

TEST_CASE("a task's note says all of it") {
  const auto n = open_task();
  const auto note = to_note(n);
  const auto again = task_note_of(note.key, *note.value);
  REQUIRE(again);
  const auto &a = n.state, &b = again->state;
  CHECK(b.request_id == a.request_id);
  CHECK(b.kind == a.kind);
  CHECK(b.payload_hash == a.payload_hash);
  CHECK(b.accepted_by == a.accepted_by);
  CHECK(b.owner == a.owner);
  CHECK(b.expiry == a.expiry);
  CHECK(b.accepted_at == a.accepted_at);
  CHECK_FALSE(b.end);
  CHECK(b.last_run == a.last_run);
  CHECK(b.last_run_source == a.last_run_source);
  CHECK(b.current);
  CHECK(b.last_runseq == 7);
  CHECK(b.attempt == 3);
  CHECK(b.failed_runs == 1);
  CHECK(b.last_seq == 12);
  CHECK(b.results == 4);
  CHECK(b.results_begin == 6);
  CHECK(b.past_runs == a.past_runs);
  CHECK(again->kept);
  CHECK(again->kept_since == n.kept_since);
  CHECK(again->result_bytes == 400);
  CHECK(again->fraction == 0.25);
  CHECK(again->disk_from == 3);
  CHECK(again->disk_bytes == 900);
}

TEST_CASE("notes of ended tasks come in the order of their ends, and are erased by it") {
  auto n = open_task();
  n.state.end = task::status::canceled;
  n.state.deleted = true;
  n.state.ended_at = noon + 1s;
  const auto early = to_note(n);
  n.state.ended_at = noon + 256s;
  n.state.request_id = "0";
  const auto late = to_note(n);
  CHECK(early.key < late.key);
  const auto erasure = erase_ends_before(noon + 2s);
  CHECK(erasure.key < early.key);
  CHECK(early.key < erasure.erase_to);
  CHECK(erasure.erase_to < late.key);
  const auto again = task_note_of(late.key, *late.value);
  REQUIRE(again);
  CHECK(again->state.end == task::status::canceled);
  CHECK(again->state.deleted);
  CHECK(again->state.ended_at == noon + 256s);
  const auto all = erase_all_notes();
  CHECK(all.key < early.key);
  CHECK(late.key < all.erase_to);
}

TEST_CASE("a place says which record, and what the partition's clock was") {
  place_note p{.partition = 3, .place = {.offset = 70, .record = "1 x"}, .clock = {noon, noon + 1s, 5us}};
  const auto note = to_note(p);
  const auto again = place_note_of(note.key, *note.value);
  REQUIRE(again);
  CHECK(again->partition == 3);
  CHECK(again->place.offset == 70);
  CHECK(again->place.record == "1 x");
  CHECK(again->clock.last == noon);
  CHECK(again->clock.logged == noon + 1s);
  CHECK(again->clock.behind == 5us);
}

TEST_CASE("a note that was cut anywhere, or goes on, is none") {
  const auto note = to_note(open_task());
  for (std::size_t n = 0; n < note.value->size(); ++n) CHECK_FALSE(task_note_of(note.key, note.value->substr(0, n)));
  CHECK_FALSE(task_note_of(note.key, *note.value + "x"));
  CHECK_FALSE(task_note_of("x", *note.value));
  CHECK_FALSE(task_note_of("", *note.value));
  const auto place = to_note(place_note{});
  for (std::size_t n = 0; n < place.value->size(); ++n)
    CHECK_FALSE(place_note_of(place.key, place.value->substr(0, n)));
}

TEST_CASE("the shape of a store tells settings apart that give other histories") {
  histories::options o{.max_bytes = 1, .keep_for = 1h, .partitions = 3, .topic = "response"};
  const auto shape = shape_of(o);
  auto other = o;
  other.partitions = 4;
  CHECK(shape_of(other) != shape);
  other = o;
  other.topic = "answers";
  CHECK(shape_of(other) != shape);
  other = o;
  other.keep_for = 2h;
  CHECK(shape_of(other) != shape);
  other = o;
  other.max_bytes = 2;
  CHECK(shape_of(other) == shape);
}
