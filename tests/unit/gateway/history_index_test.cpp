#include "gateway/history/history_index.hpp"

#include <doctest/doctest.h>

using namespace streamdemo;
using namespace streamdemo::gateway;

namespace {

bool any(const task_view&) {
  return true;
}

std::shared_ptr<kept_history> make(const std::string& id) {
  task_view first;
  first.request_id = id;
  first.kind = "simulate";
  first.last_seq = 1;
  return std::make_shared<kept_history>(std::move(first), nullptr);
}

}  // namespace

TEST_CASE("removed histories are remembered as such, the last so many of them") {
  history_index index(1 << 20, 2);
  const auto a = make("a"), b = make("b"), c = make("c"), d = make("d");
  for (const auto& h : {a, b, c, d}) index.insert(h);
  CHECK(index.size() == 4);
  for (const auto& h : {a, b, c}) index.remove(h);
  CHECK(index.size() == 1);
  CHECK(index.find("a") == nullptr);
  CHECK(index.find("b")->view().first_kept == 2);
  CHECK(index.find("c")->read(0, 10, 1000).kept_from == 2);
  CHECK(index.kept("c") == nullptr);
  CHECK(index.find("d") == d);
}

TEST_CASE("a history that comes back is found again, and one that has taken its place stays") {
  history_index index(1 << 20, 2);
  const auto a = make("a"), b = make("b"), c = make("c");
  index.insert(a);
  index.remove(a);
  index.insert(a);
  CHECK(index.find("a") == a);
  index.remove(a);
  index.insert(b);
  index.insert(c);
  index.remove(b);
  // "a" was removed twice: its first place in the order must not take the memory of the second with it.
  CHECK(index.find("a") != nullptr);
  index.insert(a);
  index.insert(a);
  CHECK(index.recent(std::nullopt, 10, any).size() == 2);
}

TEST_CASE("removed histories take no more memory than they may") {
  constexpr std::size_t most = 8000;
  history_index index(most);
  for (int i = 0; i < 1000; ++i) {
    const auto h = make("task " + std::to_string(i));
    index.insert(h);
    index.remove(h);
    REQUIRE(index.removed_bytes() <= most);
  }
  CHECK(index.removed_bytes() > most / 2);
  CHECK(index.find("task 999"));
  CHECK_FALSE(index.find("task 0"));
  index.insert(make("task 999"));
  CHECK(index.removed_bytes() < most);
}
