#include "artifacts/input_area.hpp"

#include <fmt/format.h>
#include <unistd.h>

namespace streamdemo::artifacts {

input_area::input_area(std::filesystem::path root) : root_(std::move(root)), lock_(root_.string() + ".lock") {}

input_area::listing input_area::list() const {
  listing all;
  for (const auto& f : disk::list(root_).files) {
    all.files.push_back({f.path.parent_path().filename().string(), f.path.filename().string(), f.linked, f.size});
    all.bytes += f.size;
  }
  return all;
}

result<std::uint64_t> input_area::publish(const std::filesystem::path& from, const std::string& id,
                                          const std::string& name, std::uint64_t size, std::uint64_t max_bytes) const {
  const auto locked = disk::lock(lock_, disk::lock_mode::exclusive);
  if (!locked) return locked.error();
  const auto before = list().bytes;
  if (size > max_bytes || before > max_bytes - size) return inputs_are_full(max_bytes);
  if (auto done = disk::publish(from, path(id, name)); !done) return std::move(done).error();
  ::unlink(from.c_str());
  return before + size;
}

bool input_area::remove(const std::string& id, const std::string& name) const {
  const auto file = path(id, name);
  const bool removed = ::unlink(file.c_str()) == 0;
  ::rmdir(file.parent_path().c_str());  // fails, as it should, if other files are in it
  return removed;
}

error inputs_are_full(std::uint64_t max_bytes) {
  return {errc::no_space,
          fmt::format("uploads whose tasks have not ended may take {} bytes together, and this one does not fit; try "
                      "again when some have ended, or raise artifacts.max_bytes",
                      max_bytes)};
}

}  // namespace streamdemo::artifacts
