// The files that tasks read and make (video in, clips out), named by task id and file name. They are in a directory,
// which several processes may share. A file becomes visible only as a whole: it is written under a temporary name,
// synced, and then linked without replacing another. All files together take at most max_bytes.
//
// *Outputs* are added by adopt(). They are kept for keep_for after their last write; when room is needed, the oldest
// are deleted first. *Inputs* are added by create(). A client was promised that its input will be processed, and only
// the part that knows the tasks can tell when that is done, so inputs are removed by remove_input() alone. They take at
// most max_input_bytes, which leaves room for outputs.
//
// Thread-safe; blocking calls run on the store's own small pool. Uploads must be destroyed before their store.
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
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace streamdemo::artifacts {

using base::awaitable;
using base::errc;
using base::error;
using base::result;

// What a store keeps of an open file. Used by the store alone, which must outlive it.
struct opened {
  virtual ~opened() = default;
};

// An open file. It is closed when the last copy is destroyed.
struct file {
  std::shared_ptr<opened> content;
  std::uint64_t size = 0;
  base::sys_time modified{};
  std::string etag;  // strong, with its quotes
};

// A file that a child process can read under `path` until the last copy of `hold` is destroyed.
struct local_file {
  std::filesystem::path path;
  std::uint64_t size = 0;
  std::shared_ptr<const void> hold;
};

// A committed input.
struct input {
  std::string id;
  std::string name;
  base::sys_time since{};  // when it was committed, by the file system's clock
  std::uint64_t size = 0;
};

// An input that is being written, or that is committed while its task may still be refused. If it is destroyed without
// keep(), the file is removed on the store's pool.
class upload {
 public:
  virtual ~upload() = default;
  // Errors: no_space (disk or max_bytes), too_large, io.
  virtual awaitable<result<void>> write(std::string_view bytes) = 0;
  // Syncs the file and makes it visible. Errors: already_exists, no_space (also when another process has used the room
  // first), io.
  virtual awaitable<result<void>> commit() = 0;
  // Call it after commit(): from now on only remove_input() removes the file.
  virtual void keep() noexcept = 0;
  virtual std::uint64_t size() const = 0;
};

// What somebody gets who fetches a file past this program.
struct link_request {
  bool head = false;  // by HEAD instead of GET
  std::string type;
  std::string disposition;  // may be empty
};

class store {
 public:
  virtual ~store() = default;

  // `id` and `name` must be plain: [A-Za-z0-9._-]{1,128}, not starting with a dot. Reserves room for `expected` bytes
  // at once. Errors: invalid_argument, no_space, full (no descriptor is free), io.
  virtual awaitable<result<std::unique_ptr<upload>>> create(std::string id, std::string name, std::uint64_t max_bytes,
                                                            std::uint64_t expected = 0) = 0;

  // All inputs, of all processes that share the store.
  virtual awaitable<std::vector<input>> inputs() = 0;
  // How long to wait between two calls of inputs() that nothing in particular asks for.
  virtual base::milliseconds inputs_interval() const noexcept = 0;
  // Removes an input that no task needs any more. Idempotent.
  virtual awaitable<void> remove_input(std::string id, std::string name) = 0;

  // Errors: not_found (also for names that are not plain), full (no descriptor is free), io.
  virtual awaitable<result<file>> open(std::string id, std::string name) = 0;

  // Removes every output of this task. Idempotent.
  virtual awaitable<void> remove_outputs(std::string id) = 0;

  // A visible file for a child process that reads it. Errors: not_found, full, io.
  virtual awaitable<result<local_file>> local(std::string id, std::string name) = 0;

  // Creates a private directory on the same file system, in which a child process can write. Remove it with
  // remove_scratch().
  virtual awaitable<result<std::filesystem::path>> make_scratch() = 0;
  virtual awaitable<void> remove_scratch(std::filesystem::path directory) = 0;
  // Creates a file in a scratch directory. Errors: already_exists, invalid_argument (the path is in no scratch
  // directory), no_space, io.
  virtual awaitable<result<void>> write_scratch(std::filesystem::path file, std::string bytes) = 0;
  // Moves a finished file from a scratch directory to the outputs and returns its size: syncs it, links it without
  // replacing, removes the old name. Errors: already_exists (the visible file stays as it is), no_space, io.
  virtual awaitable<result<std::uint64_t>> adopt(std::filesystem::path from, std::string id, std::string name) = 0;

  // Removes outputs older than keep_for, the oldest outputs beyond max_bytes, and unfinished files of dead processes.
  virtual awaitable<void> sweep() = 0;
  // How long to wait between two sweeps.
  virtual base::milliseconds sweep_interval() const noexcept = 0;

  // Reads [offset, offset+size) of an open file.
  virtual awaitable<result<std::string>> read(file f, std::uint64_t offset, std::size_t size) = 0;

  // An address at which anybody can fetch this file for a while without this program. nullopt: there is none, or it is
  // not wanted.
  virtual std::optional<std::string> link(const file& f, const link_request& r) = 0;
  // The origin of these addresses; empty: there are none.
  virtual std::string link_origin() const = 0;
};

struct options {
  std::filesystem::path directory;
  base::milliseconds keep_for{0};
  std::uint64_t max_bytes = 0;
  std::size_t threads = 2;
  std::uint64_t max_input_bytes = max_bytes;
  // create() and open(), which serve clients, use only descriptor numbers below this; the others are for running tasks.
  int descriptors_below = std::numeric_limits<int>::max();
};

// Creates the directory. Error: io, with what to change.
result<std::unique_ptr<store>> make_directory_store(options o, const base::clock& clock, base::metrics& metrics,
                                                    const base::logger& log);

}  // namespace streamdemo::artifacts
