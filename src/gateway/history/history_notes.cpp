#include "gateway/history/history_notes.hpp"

#include <fmt/format.h>

#include <bit>

#include "gateway/history/kept_history.hpp"
#include "gateway/history/store/event_key.hpp"

namespace streamdemo::gateway {

namespace {

// Raise it when a note is written differently.
constexpr int note_format = 1;

// The first byte of a key.
constexpr char of_open = 'o', of_end = 'e', of_place = 'p';

class writing {
 public:
  void number(std::int64_t n) { append_big_endian(out_, static_cast<std::uint64_t>(n)); }
  void time(base::sys_time t) { number(t.time_since_epoch().count()); }
  void text(std::string_view t) {
    number(static_cast<std::int64_t>(t.size()));
    out_ += t;
  }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

class reading {
 public:
  explicit reading(std::string_view from) : left_(from) {}
  std::int64_t number() {
    if (left_.size() < 8) return fail();
    std::uint64_t n = 0;
    for (int i = 0; i < 8; ++i) n = n << 8 | static_cast<unsigned char>(left_[static_cast<std::size_t>(i)]);
    left_.remove_prefix(8);
    return static_cast<std::int64_t>(n);
  }
  base::sys_time time() { return base::sys_time(base::microseconds(number())); }
  std::string text() {
    const auto size = static_cast<std::uint64_t>(number());
    if (size > left_.size()) return fail(), std::string();
    std::string t(left_.substr(0, size));
    left_.remove_prefix(size);
    return t;
  }
  bool done() const noexcept { return good_ && left_.empty(); }

 private:
  std::int64_t fail() noexcept {
    good_ = false;
    left_ = {};
    return 0;
  }
  std::string_view left_;
  bool good_ = true;
};

std::string key_of_end(base::sys_time at, std::string_view id) {
  std::string key(1, of_end);
  append_big_endian(key, static_cast<std::uint64_t>(at.time_since_epoch().count()));
  return key.append(id);
}

std::string key_of_open(std::string_view id) {
  return std::string(1, of_open).append(id);
}

}  // namespace

task_note note_of(const task::task_state& t, const kept_history* h) {
  task_note n{.state = t};
  if (h == nullptr) return n;
  const auto& v = h->peek();
  n.state.kind = v.kind;
  n.state.payload_hash = v.payload_hash;
  n.state.accepted_by = v.accepted_by;
  n.state.owner = v.owner;
  n.state.expiry = v.expiry;
  n.state.accepted_at = v.accepted_at;
  n.state.results_begin = v.results_begin;
  n.kept = true;
  n.kept_since = v.kept_since;
  n.results = v.results;
  n.result_bytes = v.result_bytes;
  n.fraction = v.fraction;
  n.disk_from = h->disk()->from;
  n.disk_bytes = h->disk()->queued_bytes;
  return n;
}

task_view view_of(const task_note& n) {
  const auto& t = n.state;
  task_view v;
  v.request_id = t.request_id;
  v.kind = t.kind;
  v.payload_hash = t.payload_hash;
  v.accepted_by = t.accepted_by;
  v.owner = t.owner;
  v.status = t.now();
  v.accepted_at = t.accepted_at;
  v.expiry = t.expiry;
  v.ended_at = t.ended_at;
  v.kept_since = n.kept_since;
  v.last_seq = t.last_seq;
  v.results_begin = t.results_begin;
  v.results = n.results;
  v.result_bytes = n.result_bytes;
  v.fraction = n.fraction;
  return v;
}

std::string shape_of(const histories::options& o) {
  return fmt::format("format {}, rules {}, topic {}, {} partitions, results.keep_for_ms {}", note_format,
                     task::fold_version, o.topic, o.partitions, o.keep_for.count());
}

event_store::note to_note(const task_note& n) {
  const auto& t = n.state;
  writing w;
  w.text(t.request_id);
  w.text(t.kind);
  w.text(t.payload_hash);
  w.text(t.accepted_by);
  w.text(t.owner);
  w.time(t.expiry);
  w.time(t.accepted_at);
  w.number(t.end ? static_cast<std::int64_t>(*t.end) : -1);
  w.time(t.ended_at);
  w.number(t.deleted ? 1 : 0);
  w.text(t.last_run);
  w.text(t.last_run_source);
  w.number(t.current ? 1 : 0);
  w.number(t.last_runseq);
  w.number(t.attempt);
  w.number(t.failed_runs);
  w.number(t.last_seq);
  w.number(t.results);
  w.number(t.results_begin);
  w.number(static_cast<std::int64_t>(t.past_runs.size()));
  for (const auto& run : t.past_runs) w.text(run);
  w.number(n.kept ? 1 : 0);
  w.time(n.kept_since);
  w.number(static_cast<std::int64_t>(n.results));
  w.number(static_cast<std::int64_t>(n.result_bytes));
  w.number(std::bit_cast<std::int64_t>(n.fraction));
  w.number(n.disk_from);
  w.number(static_cast<std::int64_t>(n.disk_bytes));
  return {.key = t.end ? key_of_end(t.ended_at, t.request_id) : key_of_open(t.request_id), .value = w.take()};
}

std::optional<task_note> task_note_of(std::string_view key, std::string_view value) {
  if (key.empty() || (key.front() != of_open && key.front() != of_end)) return std::nullopt;
  task_note n;
  auto& t = n.state;
  reading r(value);
  t.request_id = r.text();
  t.kind = r.text();
  t.payload_hash = r.text();
  t.accepted_by = r.text();
  t.owner = r.text();
  t.expiry = r.time();
  t.accepted_at = r.time();
  const auto end = r.number();
  if (end >= 0) t.end = static_cast<task::status>(end);
  t.ended_at = r.time();
  t.deleted = r.number() != 0;
  t.last_run = r.text();
  t.last_run_source = r.text();
  t.current = r.number() != 0;
  t.last_runseq = r.number();
  t.attempt = static_cast<int>(r.number());
  t.failed_runs = static_cast<int>(r.number());
  t.last_seq = r.number();
  t.results = r.number();
  t.results_begin = r.number();
  for (auto left = r.number(); left > 0 && !r.done(); --left) t.past_runs.push_back(r.text());
  n.kept = r.number() != 0;
  n.kept_since = r.time();
  n.results = static_cast<std::uint64_t>(r.number());
  n.result_bytes = static_cast<std::uint64_t>(r.number());
  n.fraction = std::bit_cast<double>(r.number());
  n.disk_from = r.number();
  n.disk_bytes = static_cast<std::uint64_t>(r.number());
  const bool fits = t.end ? task::is_end(*t.end) && *t.end <= task::status::expired : key.front() == of_open;
  if (!r.done() || !fits || t.request_id.empty()) return std::nullopt;
  return n;
}

event_store::note to_note(const place_note& p) {
  std::string key(1, of_place);
  append_big_endian(key, static_cast<std::uint64_t>(p.partition));
  writing w;
  w.number(p.partition);
  w.number(p.place.offset);
  w.text(p.place.record);
  w.time(p.clock.last);
  w.time(p.clock.logged);
  w.number(p.clock.behind.count());
  return {.key = std::move(key), .value = w.take()};
}

std::optional<place_note> place_note_of(std::string_view key, std::string_view value) {
  if (key.empty() || key.front() != of_place) return std::nullopt;
  place_note p;
  reading r(value);
  p.partition = static_cast<std::int32_t>(r.number());
  p.place.offset = r.number();
  p.place.record = r.text();
  p.clock.last = r.time();
  p.clock.logged = r.time();
  p.clock.behind = base::microseconds(r.number());
  return r.done() ? std::optional(std::move(p)) : std::nullopt;
}

bool known_part::take(std::string_view key, std::string_view value) {
  last_key_ = key;
  ++taken_;
  if (auto t = task_note_of(key, value)) {
    tasks_.push_back(std::move(*t));
  } else if (auto p = place_note_of(key, value)) {
    places_.push_back(std::move(*p));
  } else if (key != event_store::shape_key) {
    damaged_ = true;
  }
  return !damaged_ && !is_full();
}

void known_part::clear() {
  tasks_.clear();
  places_.clear();
  taken_ = 0;
}

event_store::note shape_note(const std::string& shape) {
  return {.key = std::string(event_store::shape_key), .value = shape};
}

event_store::note no_longer_open(std::string_view request_id) {
  return {.key = key_of_open(request_id)};
}

event_store::note erase_ends_before(base::sys_time at) {
  return {.key = key_of_end({}, {}), .erase_to = key_of_end(at, {})};
}

event_store::note erase_all_notes() {
  return {.key = std::string(), .erase_to = "\xff"};
}

}  // namespace streamdemo::gateway
