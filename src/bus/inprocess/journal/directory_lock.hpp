// One process per directory: a lock that the kernel releases when the process ends, however it ends.
#pragma once
#include <streamdemo/base/error.hpp>

#include <filesystem>
#include <string>

namespace streamdemo::bus::inprocess::journal {

class directory_lock {
 public:
  // Makes the directory if it is missing, readable for its owner alone. Errors: already_exists (another process has it;
  // the text says which), io.
  static base::result<directory_lock> take(const std::filesystem::path& directory);

  // Who has the directory, as that process wrote it; empty: nobody. Makes nothing. Tries the lock for a moment, so that
  // a process that starts at the same moment may be refused. Error: io.
  static base::result<std::string> holder(const std::filesystem::path& directory);

  // Whether the directory that was locked is still the one of that name.
  bool is_in_place() const;

  directory_lock(directory_lock&& other) noexcept;
  directory_lock& operator=(directory_lock&&) = delete;
  ~directory_lock();

 private:
  directory_lock(int fd, std::filesystem::path file) noexcept : fd_(fd), file_(std::move(file)) {}
  int fd_;
  std::filesystem::path file_;
};

}  // namespace streamdemo::bus::inprocess::journal
