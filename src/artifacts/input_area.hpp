// The inputs of a store: <root>/<id>/<name>. Several processes may share the directory, so an input is added under a
// lock, and all inputs together never exceed the limit. Blocks; any thread.
#pragma once
#include <streamdemo/artifacts/store.hpp>

#include <filesystem>

#include "artifacts/disk.hpp"

namespace streamdemo::artifacts {

class input_area {
 public:
  explicit input_area(std::filesystem::path root);

  const std::filesystem::path& root() const noexcept { return root_; }
  std::filesystem::path path(const std::string& id, const std::string& name) const { return root_ / id / name; }

  struct listing {
    std::vector<input> files;
    std::uint64_t bytes = 0;
  };
  listing list() const;
  // Links the synced file `from`, of `size` bytes, as the input and removes its old name. Returns the bytes of all
  // inputs afterwards. Errors: no_space (they would exceed `max_bytes`), already_exists, unavailable (the lock), io.
  result<std::uint64_t> publish(const std::filesystem::path& from, const std::string& id, const std::string& name,
                                std::uint64_t size, std::uint64_t max_bytes) const;
  // False: it was already removed.
  bool remove(const std::string& id, const std::string& name) const;

 private:
  const std::filesystem::path root_;
  const std::filesystem::path lock_;
};

// The error for an upload that does not fit.
error inputs_are_full(std::uint64_t max_bytes);

}  // namespace streamdemo::artifacts
