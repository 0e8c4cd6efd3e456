// The store in a directory: <directory>/files/<id>/<name> are outputs, <directory>/inputs/<id>/<name> are inputs, and
// <directory>/tmp/ has the files that are being written. Several processes may share the directory.
#pragma once
#include <streamdemo/artifacts/store.hpp>
#include <streamdemo/base/descriptor.hpp>
#include <streamdemo/base/offload.hpp>

#include <mutex>
#include <shared_mutex>

#include "artifacts/budget.hpp"
#include "artifacts/disk.hpp"
#include "artifacts/input_area.hpp"
#include "artifacts/scratch_area.hpp"
#include "artifacts/store_metrics.hpp"

namespace streamdemo::artifacts {

class directory_store final : public store {
 public:
  directory_store(options o, const base::clock& clock, base::metrics& metrics, const base::logger& log);
  ~directory_store() override;

  // Creates the directories and counts existing files. Blocks; call it once, before anything else.
  result<void> prepare();

  awaitable<result<std::unique_ptr<upload>>> create(std::string id, std::string name, std::uint64_t max_bytes,
                                                    std::uint64_t expected) override;
  awaitable<std::vector<input>> inputs() override;
  awaitable<void> remove_input(std::string id, std::string name) override;
  awaitable<void> remove_outputs(std::string id) override;
  awaitable<result<file>> open(std::string id, std::string name) override;
  awaitable<result<local_file>> local(std::string id, std::string name) override;
  awaitable<result<std::filesystem::path>> make_scratch() override;
  awaitable<void> remove_scratch(std::filesystem::path directory) override;
  awaitable<result<void>> write_scratch(std::filesystem::path file, std::string bytes) override;
  awaitable<result<std::uint64_t>> adopt(std::filesystem::path from, std::string id, std::string name) override;
  awaitable<void> sweep() override;
  awaitable<result<std::string>> read(file f, std::uint64_t offset, std::size_t size) override;
  base::milliseconds inputs_interval() const noexcept override { return std::chrono::seconds(1); }
  base::milliseconds sweep_interval() const noexcept override { return std::chrono::minutes(1); }
  std::optional<std::string> link(const file&, const link_request&) override { return std::nullopt; }
  std::string link_origin() const override { return {}; }

  // The following functions are for the store's uploads.
  base::blocking_pool& pool() noexcept { return pool_; }
  // Reserves `n` bytes, and removes the oldest outputs if needed. Blocks. Error: no_space.
  result<void> make_room(sort s, std::uint64_t n);
  void release(sort s, std::uint64_t n) { budget_.release(s, n); }
  // Makes the synced file `from`, for whose `n` bytes room is reserved, visible as an input. Blocks.
  result<void> publish_input(const std::filesystem::path& from, const std::string& id, const std::string& name,
                             std::uint64_t n);
  // Blocks.
  void remove_input_now(const std::string& id, const std::string& name);
  void remove_outputs_now(const std::string& id);

 private:
  struct located {
    std::filesystem::path path;
    file content;
  };
  std::filesystem::path output_path(const std::string& id, const std::string& name) const;
  awaitable<result<located>> find(std::string id, std::string name);
  result<located> find_now(const std::string& id, const std::string& name) const;
  result<std::uint64_t> adopt_now(const std::filesystem::path& from, const std::filesystem::path& to);
  result<base::descriptor> create_temporary(const std::filesystem::path& temporary) const;
  std::vector<input> inputs_now();
  disk::listing count_outputs();
  void sweep_outputs(std::uint64_t max_bytes);

  const options options_;
  const std::filesystem::path files_;
  const input_area inputs_;
  const base::carried_clock clock_;
  base::logger log_;
  store_metrics counts_;
  budget budget_;
  std::mutex sweep_mutex_;
  // These make "becomes visible" and "is counted" one step for whoever lists and counts the visible files.
  std::mutex input_account_;
  std::shared_mutex output_account_;  // held shared while a file is published
  scratch_area tmp_;
  base::blocking_pool pool_;  // last, because its jobs use all members above
};

}  // namespace streamdemo::artifacts
