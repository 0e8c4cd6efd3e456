// The few blocking file operations of the directory store, with named errors. Called on the store's pool only.
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

// `code` is an errno; `doing` says what was tried, `on` on which file.
error error_of(int code, std::string_view doing, const path& on);

base::sys_time modified_of(const struct stat& s);

result<void> make_directory(const path& directory);
result<void> sync_directory(const path& directory);

// Holds `file`, which it makes, as long as the descriptor is open: alone, or with others that share it. Waits some
// seconds for those, in whatever process, who exclude that. Errors: unavailable (one of them does not go on), io.
enum class lock_mode { shared, exclusive };
result<descriptor> lock(const path& file, lock_mode mode);

// A new file, or a new directory, that nobody else has, locked for as long as it is open: the lock tells a sweep that
// its writer lives.
result<descriptor> create_locked(const path& file);
result<descriptor> make_locked_directory(const path& directory);
// A regular file, not through a symbolic link. Error: not_found.
result<descriptor> open_regular(const path& file, struct stat& s);

result<void> write_all(int fd, std::string_view bytes, const path& named);
result<void> sync(int fd, const path& named);

// Gives `from` the name `to` beside its own, without replacing; makes the directory of `to`. Error: already_exists.
result<void> publish(const path& from, const path& to);

// All regular files one directory deep below `root`, with the directories that hold none.
struct listing {
  std::vector<stored_file> files;
  std::vector<path> empty_directories;
};
listing list(const path& root);

// What a dead writer left in `directory`, locked, so that nobody else takes it too.
struct leftover {
  path where;
  descriptor locked;
};
std::vector<leftover> find_leftovers(const path& directory);

}  // namespace streamdemo::artifacts::disk
