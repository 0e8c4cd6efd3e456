// The blocking file operations of the directory store, with named errors. Call them on the store's pool only.
#pragma once
#include <sys/stat.h>

#include <streamdemo/base/descriptor.hpp>
#include <streamdemo/base/error.hpp>

#include <cstdint>
#include <filesystem>
#include <string_view>
#include <vector>

#include "artifacts/sweep_plan.hpp"

namespace streamdemo::artifacts::disk {

using base::descriptor;
using base::error;
using base::result;
using std::filesystem::path;

// `code`: an errno; `doing`: what was tried; `on`: the file.
error error_of(int code, std::string_view doing, const path& on);

base::sys_time modified_of(const struct stat& s);

result<void> make_directory(const path& directory);
result<void> sync_directory(const path& directory);

// Locks `file`, which is created if needed, until the descriptor is closed. Waits some seconds for holders in any
// process that exclude this mode. Errors: unavailable (a holder does not release it), io.
enum class lock_mode { shared, exclusive };
result<descriptor> lock(const path& file, lock_mode mode);

// Create a new file or directory, and lock it until the descriptor is closed. The lock shows a sweep that its writer is
// alive.
result<descriptor> create_locked(const path& file);
result<descriptor> make_locked_directory(const path& directory);
// Opens a regular file, but no symbolic link. Error: not_found.
result<descriptor> open_regular(const path& file, struct stat& s);

result<void> write_all(int fd, std::string_view bytes, const path& named);
result<void> sync(int fd, const path& named);

// Links `from` as `to`, without replacing a file, and creates the directory of `to`. Error: already_exists.
result<void> publish(const path& from, const path& to);

// All regular files in the subdirectories of `root`, and the subdirectories without any.
struct listing {
  std::vector<stored_file> files;
  std::vector<path> empty_directories;
};
listing list(const path& root);

// The unfinished files of dead writers in `directory`. They are locked, so that no other process takes them as well.
struct leftover {
  path where;
  descriptor locked;
};
std::vector<leftover> find_leftovers(const path& directory);

}  // namespace streamdemo::artifacts::disk
