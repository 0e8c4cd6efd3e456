// Files into a store of artifacts and out of it, for the tests of all stores.
#pragma once
#include <streamdemo/artifacts/store.hpp>

#include <fstream>

namespace streamdemo::test {

inline base::awaitable<artifacts::result<std::uint64_t>> put_output(artifacts::store& s, std::string id,
                                                                    std::string name, std::string bytes) {
  const auto scratch = co_await s.make_scratch();
  std::ofstream(*scratch / name) << bytes;
  auto adopted = co_await s.adopt(*scratch / name, id, name);
  co_await s.remove_scratch(*scratch);
  co_return adopted;
}

inline base::awaitable<artifacts::result<void>> put_input(artifacts::store& s, std::string id, std::string name,
                                                          std::string bytes) {
  auto u = co_await s.create(id, name, 1 << 30);
  if (!u) co_return std::move(u).error();
  auto written = co_await (*u)->write(bytes);
  if (!written) co_return written;
  auto done = co_await (*u)->commit();
  (*u)->keep();
  co_return done;
}

// The content of a file of at most 64 MiB, or "error: " and why there is none.
inline base::awaitable<std::string> get(artifacts::store& s, std::string id, std::string name) {
  auto f = co_await s.open(id, name);
  if (!f) co_return "error: " + std::string(base::to_string(f.error().code));
  auto bytes = co_await s.read(*f, 0, 1 << 26);
  if (!bytes) co_return "error: " + bytes.error().message;
  co_return std::move(*bytes);
}

}  // namespace streamdemo::test
