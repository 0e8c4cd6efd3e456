#include "artifacts/s3/object_pages.hpp"

#include <streamdemo/base/id.hpp>

#include "artifacts/name.hpp"

namespace streamdemo::artifacts::s3 {

namespace {

constexpr int listed_at_once = 1000;

}  // namespace

awaitable<result<std::vector<object_entry>>> object_pages::next() {
  auto page = co_await client_.list(prefix_, from_, listed_at_once, once_);
  is_over_ = !page || page->next.empty();
  if (!page) co_return std::move(page).error();
  from_ = std::move(page->next);
  co_return std::move(page->objects);
}

std::string_view name_below(std::string_view root, std::string_view key) noexcept {
  if (!key.starts_with(root)) return {};
  const auto rest = key.substr(root.size());
  const auto slash = rest.find('/');
  const bool is_ours =
      slash != rest.npos && base::is_id(rest.substr(0, slash)) && is_plain_name(rest.substr(slash + 1));
  return is_ours ? rest : std::string_view{};
}

}  // namespace streamdemo::artifacts::s3
