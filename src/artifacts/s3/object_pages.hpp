// Goes through the objects whose keys begin with a prefix, page by page, so that a bucket with millions of them takes
// the memory of one page. One caller at a time, on any executor.
#pragma once
#include "artifacts/s3/client.hpp"

namespace streamdemo::artifacts::s3 {

class object_pages {
 public:
  // `c` outlives it.
  object_pages(client& c, std::string prefix, client::try_once once = client::try_once::no)
      : client_(c), prefix_(std::move(prefix)), once_(once) {}

  bool is_over() const noexcept { return is_over_; }
  // The next page, which may be empty. After an error nothing follows.
  awaitable<result<std::vector<object_entry>>> next();

 private:
  client& client_;
  const std::string prefix_;
  const client::try_once once_;
  std::string from_;
  bool is_over_ = false;
};

// The objects of a store are <prefix><area>/<task>/<name>; objects of others may lie among them. What follows
// <prefix><area>/, if it is such a name; empty: it is none.
std::string_view name_below(std::string_view root, std::string_view key) noexcept;

}  // namespace streamdemo::artifacts::s3
