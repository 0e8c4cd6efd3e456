// Files that tasks read and make (video in, clips out), named by task id and file name: a directory, possibly on a
// volume that several processes share. A file is visible whole or not at all: it is written under a temporary name,
// synced, then linked without replacing. At most max_bytes in all.
//
// *Outputs* come by adopt(). They are kept for keep_for after their last write, and the oldest go first when there is
// no room. *Inputs* come by create(). Somebody was promised that their work is done, and only who knows the tasks can
// tell when that is over: no input is removed but by remove_input(). They take at most max_input_bytes, so that what is
// made of them has room.
//
// Thread-safe; blocking work runs on the store's own small pool. Uploads must be gone before their store.
#pragma once
#include <streamdemo/base/asio.hpp>
#include <streamdemo/base/clock.hpp>
#include <streamdemo/base/error.hpp>
#include <streamdemo/base/log.hpp>
#include <streamdemo/base/metrics.hpp>

#include <cstdint>
#include <filesystem>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace streamdemo::artifacts {

using base::awaitable;
using base::errc;
using base::error;
using base::result;

// An open file. The descriptor is closed with the last copy.
struct file {
  std::shared_ptr<const int> descriptor;
  std::uint64_t size = 0;
  base::sys_time modified{};
  std::string etag;  // strong, with its quotes
};

// A committed input, as the directory has it.
struct input {
  std::string id;
  std::string name;
  base::sys_time since{};  // when it was committed, by the clock of the file system
};

// An input being written, or written for somebody who may still refuse it. Destroyed without keep(): removed, on the
// store's own pool.
class upload {
 public:
  virtual ~upload() = default;
  // Errors: no_space (disk or max_bytes), too_large, io.
  virtual awaitable<result<void>> write(std::string_view bytes) = 0;
  // Syncs, then makes it visible. Errors: already_exists, no_space (also: other processes were faster), io.
  virtual awaitable<result<void>> commit() = 0;
  // After commit(): from now on only remove_input() removes it.
  virtual void keep() noexcept = 0;
  virtual std::uint64_t size() const = 0;
};

class store {
 public:
  virtual ~store() = default;

  // `id` and `name` must be plain: [A-Za-z0-9._-]{1,128}, not starting with a dot. Room for `expected` bytes is set
  // aside at once. Errors: invalid_argument, no_space, full (no descriptor is free), io.
  virtual awaitable<result<std::unique_ptr<upload>>> create(std::string id, std::string name, std::uint64_t max_bytes,
                                                            std::uint64_t expected = 0) = 0;

  // All inputs there are now, of all processes that share the directory.
  virtual awaitable<std::vector<input>> inputs() = 0;
  // Nobody is waiting for it any more. Fine when it is gone already.
  virtual awaitable<void> remove_input(std::string id, std::string name) = 0;

  // Errors: not_found (also for names that are not plain), full (no descriptor is free), io.
  virtual awaitable<result<file>> open(std::string id, std::string name) = 0;

  // Where a visible file lies, for a child process that reads it. Error: not_found.
  virtual awaitable<result<std::filesystem::path>> path_of(std::string id, std::string name) = 0;

  // A fresh private directory on the same file system, for a child process that writes. Remove it with remove_scratch.
  virtual awaitable<result<std::filesystem::path>> make_scratch() = 0;
  virtual awaitable<void> remove_scratch(std::filesystem::path directory) = 0;
  // Makes a file in a scratch directory. Errors: already_exists, invalid_argument (in none), no_space, io.
  virtual awaitable<result<void>> write_scratch(std::filesystem::path file, std::string bytes) = 0;
  // Takes a finished file out of a scratch directory: syncs, links without replacing, unlinks the old name; its size.
  // Errors: already_exists (the visible file is left as it is), no_space, io.
  virtual awaitable<result<std::uint64_t>> adopt(std::filesystem::path from, std::string id, std::string name) = 0;

  // Removes outputs older than keep_for, the oldest beyond max_bytes, and what dead processes left half-written.
  virtual awaitable<void> sweep() = 0;

  // Reads [offset, offset+size) of an open file.
  virtual awaitable<result<std::string>> read(file f, std::uint64_t offset, std::size_t size) = 0;
};

struct options {
  std::filesystem::path directory;
  base::milliseconds keep_for{0};
  std::uint64_t max_bytes = 0;
  std::size_t threads = 2;
  std::uint64_t max_input_bytes = max_bytes;
  // create() and open(), which serve clients, keep to descriptors with numbers below it: the others are for whoever
  // runs the tasks.
  int descriptors_below = std::numeric_limits<int>::max();
};

// Creates the directory. Error: io, with what to change.
result<std::unique_ptr<store>> make_directory_store(options o, const base::clock& clock, base::metrics& metrics,
                                                    const base::logger& log);

}  // namespace streamdemo::artifacts
