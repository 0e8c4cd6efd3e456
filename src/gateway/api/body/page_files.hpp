// The page's files with their tags, hashed once at the start. Immutable, thread-safe.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "gateway/api/body/embedded_files.hpp"

namespace streamdemo::gateway {

class page_files {
 public:
  struct entry {
    std::string_view name;
    std::string_view type;
    std::shared_ptr<const std::string> bytes;
    std::string etag;
  };

  explicit page_files(std::span<const embedded_file> files);
  // The empty name is index.html. nullptr: there is no such file.
  const entry* find(std::string_view name) const noexcept;

 private:
  std::vector<entry> entries_;
};

}  // namespace streamdemo::gateway
