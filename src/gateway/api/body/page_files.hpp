// The files of the web pages with their ETags, which are computed once at the start. Immutable, thread-safe.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "gateway/api/body/embedded_files.hpp"

namespace streamdemo::gateway {

class page_files {
 public:
  // The bytes of a file in one coding; each coding has a tag of its own (RFC 9110 section 8.8.3.3).
  struct representation {
    std::shared_ptr<const std::string> bytes;  // nullptr: there is none
    std::string etag;
  };
  struct entry {
    std::string_view name;
    std::string_view type;
    representation plain;
    representation gzip;  // none where it would not be smaller
  };

  // NAME.gz is the gzip coding of NAME, not a file of its own.
  explicit page_files(std::span<const embedded_file> files);
  // In place of what is embedded under that name; compressed here, since no build could.
  void replace(std::string_view name, std::string_view bytes);
  // The empty name is index.html. nullptr: there is no such file.
  const entry* find(std::string_view name) const noexcept;

 private:
  std::vector<entry> entries_;
};

}  // namespace streamdemo::gateway
