#include "gateway/api/body/page_files.hpp"

#include <streamdemo/base/hash.hpp>

#include <algorithm>

#include <streamdemo/http/fields/media_type.hpp>
#include <streamdemo/http/gzip.hpp>

namespace streamdemo::gateway {

namespace {

constexpr std::string_view compressed_suffix = ".gz";

page_files::representation represented(std::string_view bytes) {
  return {std::make_shared<const std::string>(bytes), '"' + base::sha256_hex(bytes).substr(0, 32) + '"'};
}

}  // namespace

page_files::page_files(std::span<const embedded_file> files) {
  for (const auto& f : files) {
    if (f.name.ends_with(compressed_suffix)) continue;
    auto& e = entries_.emplace_back(entry{f.name, http::page_type(f.name), represented(f.bytes), {}});
    const auto coded = std::find_if(files.begin(), files.end(), [&](const auto& other) {
      return other.name.starts_with(f.name) && other.name.substr(f.name.size()) == compressed_suffix;
    });
    if (coded != files.end() && coded->bytes.size() < f.bytes.size()) e.gzip = represented(coded->bytes);
  }
}

void page_files::replace(std::string_view name, std::string_view bytes) {
  for (auto& e : entries_) {
    if (e.name != name) continue;
    const auto coded = http::gzip(bytes);
    e.plain = represented(bytes);
    e.gzip = coded.size() < bytes.size() ? represented(coded) : representation{};
  }
}

const page_files::entry* page_files::find(std::string_view name) const noexcept {
  if (name.empty()) name = "index.html";
  const auto it = std::find_if(entries_.begin(), entries_.end(), [&](const auto& e) { return e.name == name; });
  return it == entries_.end() ? nullptr : &*it;
}

}  // namespace streamdemo::gateway
