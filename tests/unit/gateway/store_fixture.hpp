#pragma once
#include <streamdemo/artifacts/store.hpp>

#include <stdexcept>

namespace streamdemo::gateway::testing {

// A store without file contents: it lists inputs with names and ages, and records what it was told to remove.
class store_fixture final : public artifacts::store {
 public:
  base::awaitable<artifacts::result<std::unique_ptr<artifacts::upload>>> create(std::string, std::string, std::uint64_t,
                                                                                std::uint64_t) override {
    throw std::logic_error("not part of this test");
  }
  base::awaitable<std::vector<artifacts::input>> inputs() override { co_return files; }
  base::milliseconds inputs_interval() const noexcept override { return std::chrono::seconds(1); }
  base::awaitable<void> remove_input(std::string id, std::string name) override {
    removed.push_back(id + "/" + name);
    std::erase_if(files, [&](const auto& f) { return f.id == id && f.name == name; });
    co_return;
  }
  base::awaitable<void> remove_outputs(std::string id) override {
    removed.push_back(id);
    co_return;
  }
  base::awaitable<artifacts::result<artifacts::file>> open(std::string, std::string) override {
    throw std::logic_error("not part of this test");
  }
  base::awaitable<artifacts::result<artifacts::local_file>> local(std::string, std::string) override {
    throw std::logic_error("not part of this test");
  }
  base::awaitable<artifacts::result<std::filesystem::path>> make_scratch() override {
    throw std::logic_error("not part of this test");
  }
  base::awaitable<void> remove_scratch(std::filesystem::path) override {
    throw std::logic_error("not part of this test");
  }
  base::awaitable<artifacts::result<void>> write_scratch(std::filesystem::path, std::string) override {
    throw std::logic_error("not part of this test");
  }
  base::awaitable<artifacts::result<std::uint64_t>> adopt(std::filesystem::path, std::string, std::string) override {
    throw std::logic_error("not part of this test");
  }
  base::awaitable<void> sweep() override { throw std::logic_error("not part of this test"); }
  base::milliseconds sweep_interval() const noexcept override { return std::chrono::minutes(1); }
  std::optional<std::string> link(const artifacts::file&, const artifacts::link_request&) override {
    return std::nullopt;
  }
  std::string link_origin() const override { return {}; }
  base::awaitable<artifacts::result<std::string>> read(artifacts::file, std::uint64_t, std::size_t) override {
    throw std::logic_error("not part of this test");
  }

  std::vector<artifacts::input> files;
  std::vector<std::string> removed;
};

}  // namespace streamdemo::gateway::testing
