#include <streamdemo/gateway/access/secret_file.hpp>

#include <streamdemo/base/secret.hpp>

#include "gateway/access/private_file.hpp"

namespace streamdemo::gateway {

base::result<std::string> read_or_make_secret(const std::filesystem::path& file) {
  constexpr std::size_t shortest = 32;
  const auto alone = private_file::lock(file);
  if (!alone) return alone.error();
  auto text = private_file::read(file);
  if (!text && text.error().code != base::errc::not_found) return text.error();
  if (text) {
    while (!text->empty() && (text->back() == '\n' || text->back() == '\r')) text->pop_back();
    if (text->size() >= shortest) return std::move(*text);
    return base::error{base::errc::corrupt,
                       file.string() + " holds less than 32 characters; remove it to have another made"};
  }
  auto made = base::to_base64url(base::random_bytes(shortest));
  if (const auto written = private_file::replace(file, made + "\n"); !written) return written.error();
  return made;
}

}  // namespace streamdemo::gateway
