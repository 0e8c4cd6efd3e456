#include "gateway/api/body/page_files.hpp"

#include <streamdemo/base/hash.hpp>

#include <algorithm>

#include <streamdemo/http/fields/media_type.hpp>

namespace streamdemo::gateway {

page_files::page_files(std::span<const embedded_file> files) {
  for (const auto& f : files) {
    entries_.push_back({f.name, http::page_type(f.name), std::make_shared<const std::string>(f.bytes),
                        '"' + base::sha256_hex(f.bytes).substr(0, 32) + '"'});
  }
}

const page_files::entry* page_files::find(std::string_view name) const noexcept {
  if (name.empty()) name = "index.html";
  const auto it = std::find_if(entries_.begin(), entries_.end(), [&](const auto& e) { return e.name == name; });
  return it == entries_.end() ? nullptr : &*it;
}

}  // namespace streamdemo::gateway
