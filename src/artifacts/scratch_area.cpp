#include "artifacts/scratch_area.hpp"

#include <fmt/format.h>

#include <streamdemo/base/id.hpp>

#include "artifacts/disk.hpp"

namespace streamdemo::artifacts {

namespace fs = std::filesystem;
using base::descriptor;
using base::errc;
using base::error;
using base::result;

scratch_area::scratch_area(fs::path root) : root_(std::move(root)), lock_(root_.string() + ".lock") {}

fs::path scratch_area::new_name() const {
  return root_ / base::random_id();
}

result<descriptor> scratch_area::create(const fs::path& file) const {
  // Continue even if the lock cannot be had: a process that holds it exclusively for so long is stopped, and a stopped
  // process does not sweep.
  const auto together = disk::lock(lock_, disk::lock_mode::shared);
  return disk::create_locked(file);
}

result<fs::path> scratch_area::make() {
  const auto directory = fs::absolute(new_name());
  const auto together = disk::lock(lock_, disk::lock_mode::shared);
  auto locked = disk::make_locked_directory(directory);
  if (!locked) return std::move(locked).error();
  const std::lock_guard lock(mutex_);
  directories_.emplace(directory, std::move(*locked));
  return directory;
}

void scratch_area::remove(const fs::path& directory, const base::logger& log) {
  decltype(directories_)::node_type node;
  {
    const std::lock_guard lock(mutex_);
    node = directories_.extract(directory);
  }
  if (node.empty()) return;
  std::error_code ec;
  fs::remove_all(node.key(), ec);
  // A later sweep removes what is left, since the directory's lock is released here.
  if (ec) log.warning("could not remove {}: {}; it will be tried again", node.key().string(), ec.message());
}

result<void> scratch_area::check(const fs::path& file) {
  const std::lock_guard lock(mutex_);
  if (directories_.contains(file.parent_path())) return {};
  return error{errc::invalid_argument, fmt::format("{} is in no scratch directory", file.string())};
}

result<void> scratch_area::write(const fs::path& file, std::string_view bytes) const {
  const auto opened = disk::create_locked(file);
  if (!opened) return opened.error();
  return disk::write_all(opened->get(), bytes, file);
}

void scratch_area::sweep(const base::logger& log) const {
  std::vector<disk::leftover> found;
  {
    const auto alone = disk::lock(lock_, disk::lock_mode::exclusive);
    if (alone) found = disk::find_leftovers(root_);
  }
  std::error_code ignored;
  for (const auto& l : found) fs::remove_all(l.where, ignored);
  if (!found.empty()) log.info("removed {} unfinished temporary files of processes that have ended", found.size());
}

}  // namespace streamdemo::artifacts
