// The temporary files and directories of a store, below one directory that several processes may share. Each is locked
// as long as its process works on it, so that the leftovers of dead processes can be told from the rest. Thread-safe;
// all calls but check() block.
#pragma once
#include <streamdemo/base/descriptor.hpp>
#include <streamdemo/base/error.hpp>
#include <streamdemo/base/log.hpp>

#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace streamdemo::artifacts {

class scratch_area {
 public:
  // `root` is made by its owner, before any call.
  explicit scratch_area(std::filesystem::path root);

  const std::filesystem::path& root() const noexcept { return root_; }

  // An unused name in the area.
  std::filesystem::path new_name() const;
  // A new file, locked until its descriptor is closed.
  base::result<base::descriptor> create(const std::filesystem::path& file) const;

  // A new directory for a child process to write in.
  base::result<std::filesystem::path> make();
  void remove(const std::filesystem::path& directory, const base::logger& log);
  // Whether `file` lies in a directory that make() has made. Error: invalid_argument.
  base::result<void> check(const std::filesystem::path& file);
  // Makes a file in such a directory. Errors: already_exists, no_space, io.
  base::result<void> write(const std::filesystem::path& file, std::string_view bytes) const;

  // Removes what processes have left that have ended.
  void sweep(const base::logger& log) const;

 private:
  const std::filesystem::path root_;
  const std::filesystem::path lock_;  // held shared while something is created, so that no sweep runs then
  std::mutex mutex_;
  std::map<std::filesystem::path, base::descriptor> directories_;  // with their locks
};

}  // namespace streamdemo::artifacts
