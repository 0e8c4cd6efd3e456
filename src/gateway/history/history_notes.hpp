// What the store keeps beside the events, so that a gateway that starts again goes on where it was: the state of each
// task, as far as the fold and its history have come, and the last record that was read of each partition. As texts, in
// an order that finds the ends that may be forgotten. Pure.
#pragma once
#include <streamdemo/base/record.hpp>
#include <streamdemo/task/fold.hpp>

#include "gateway/history/histories.hpp"
#include "gateway/history/partition_clock.hpp"
#include "gateway/history/store/event_store.hpp"

namespace streamdemo::gateway {

struct task_note {
  task::task_state state;  // of an ended task whose history is not kept, only what fold::find() tells
  // Its history, if it is kept.
  bool kept = false;
  base::sys_time kept_since{};
  std::uint64_t results = 0;
  std::uint64_t result_bytes = 0;
  double fraction = -1;
  std::int64_t disk_from = 1;
  std::uint64_t disk_bytes = 0;
};

struct place_note {
  std::int32_t partition = 0;
  histories::place place;
  partition_clock::state clock;
};

class kept_history;

// `h`: its history; nullptr: it is not kept.
task_note note_of(const task::task_state& t, const kept_history* h);
// The view of the history of such a note.
task_view view_of(const task_note& n);

// What must be equal for a store to fit, in words.
std::string shape_of(const histories::options& o);

event_store::note to_note(const task_note& t);
event_store::note to_note(const place_note& p);
event_store::note shape_note(const std::string& shape);
// Erases the note of an open task.
event_store::note no_longer_open(std::string_view request_id);
event_store::note erase_ends_before(base::sys_time at);
event_store::note erase_all_notes();

// nullopt: it is none of that sort, or damaged.
std::optional<task_note> task_note_of(std::string_view key, std::string_view value);
std::optional<place_note> place_note_of(std::string_view key, std::string_view value);

// Some of a store's notes, in the order of their keys.
class known_part {
 public:
  // How many are taken in one turn of the loop.
  static constexpr std::size_t most = 1000;

  // Whether more fit.
  bool take(std::string_view key, std::string_view value);

  std::vector<task_note>& tasks() noexcept { return tasks_; }
  std::vector<place_note>& places() noexcept { return places_; }
  const std::string& last_key() const noexcept { return last_key_; }
  bool is_full() const noexcept { return taken_ == most; }
  bool is_damaged() const noexcept { return damaged_; }
  // Forgets all but the last key.
  void clear();

 private:
  std::vector<task_note> tasks_;
  std::vector<place_note> places_;
  std::string last_key_;
  std::size_t taken_ = 0;
  bool damaged_ = false;  // a note is none that this program writes
};

}  // namespace streamdemo::gateway
