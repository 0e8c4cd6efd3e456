// Where the events of histories are kept beyond memory. A history's events lie side by side in the order of their seq,
// so that a reader's next events are one read. Histories lie in the order of their acceptance, so that old ones are
// dropped whole files at a time.
//
// Any thread; calls block. One caller at a time writes; readers run beside it. Errors: io, no_space, corrupt.
#pragma once
#include <streamdemo/base/error.hpp>
#include <streamdemo/task/event.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace streamdemo::gateway {

class event_store {
 public:
  // The name of a history in the store: ids are used again once they were forgotten, with another time.
  static std::string name_of(std::string_view request_id, base::sys_time accepted_at);

  // A step of one history.
  struct change {
    std::string name;
    std::vector<task::event_ptr> add;  // in order
    // Not 0: instead of adding, erases the events up to this seq, from `erase_from`.
    std::int64_t erase_through = 0;
    std::int64_t erase_from = 1;
  };

  // A text beside the events.
  struct note {
    std::string key;                   // below "\xff"
    std::optional<std::string> value;  // nullopt: it is erased
    std::string erase_to;              // not empty: all notes from `key` up to and without this key are erased
  };
  // The key of the note that says what the store was written for; without it nothing in it counts.
  static constexpr std::string_view shape_key = "s";

  struct opened {
    bool kept = false;  // it has what was written before
    std::string why;    // why not, if there was something
  };

  virtual ~event_store() = default;

  // Needed before all else. Puts aside what has another shape or is damaged. Error: conflict (another process uses the
  // directory).
  virtual base::result<opened> open(std::string_view shape) = 0;
  // Puts aside all that it has, and is empty then. What was put aside before is gone.
  virtual base::result<void> put_aside() = 0;
  // Makes all changes, in order, and those of the notes, or none. Error corrupt: nothing will be written before
  // everything is erased; until then what is not damaged can be read, and the next open() puts it all aside.
  virtual base::result<void> write(std::span<const change> changes, std::span<const note> notes) = 0;
  // Takes a key and a value; whether it wants more.
  using note_reader = std::function<bool(std::string_view, std::string_view)>;
  // Calls `f` with each note after the key `after`, in the order of the keys, as long as it wants more.
  virtual base::result<void> read_notes(std::string_view after, const note_reader& f) const = 0;
  // The events after `after`, in order, at most `max_events` and about `max_bytes` of JSON, but at least one event if
  // there is one.
  virtual base::result<std::vector<task::event_ptr>> read(std::string_view name, std::int64_t after,
                                                          std::size_t max_events, std::size_t max_bytes) const = 0;
  // Erases all histories that were accepted before `at`. Without `all`, only what takes no effort now.
  virtual base::result<void> erase_before(base::sys_time at, bool all) = 0;
  // After an error of write(): makes the erasures, or erases everything, which may be what makes room, and tries
  // whether writing works again.
  virtual base::result<void> recover(std::span<const change> erasures, bool everything) = 0;

  // What it takes on disk; and in memory, at most.
  virtual std::uint64_t disk_bytes() const = 0;
  virtual std::size_t memory_bytes() const noexcept = 0;
};

struct rocks_store_options {
  std::filesystem::path directory;   // made if it does not exist
  std::size_t memory_bytes = 0;      // for what is not yet in files, and for the cache
  std::uint64_t max_disk_bytes = 0;  // about so much will be in it
  bool flush_at_end = true;          // false: what is not yet in files is lost, as if the process were killed
  base::milliseconds keep_for{0};    // what is older and erased is removed from the files soon
};
// A RocksDB database in the directory's folder `events`. What was written last is lost with the process: it is read
// from the log again.
std::unique_ptr<event_store> make_rocks_store(rocks_store_options o);

// In memory, without a bound: for tests.
std::unique_ptr<event_store> make_memory_store();

}  // namespace streamdemo::gateway
