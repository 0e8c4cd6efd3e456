// The store in a directory: <directory>/files/<id>/<name> is visible, <directory>/tmp/ holds what is being written.
// Several processes may share the directory.
#pragma once
#include <streamdemo/artifacts/store.hpp>
#include <streamdemo/base/descriptor.hpp>
#include <streamdemo/base/offload.hpp>

#include <map>
#include <mutex>

#include "artifacts/budget.hpp"

namespace streamdemo::artifacts {

class directory_store final : public store {
 public:
  directory_store(options o, const base::clock& clock, base::metrics& metrics, const base::logger& log);
  ~directory_store() override;

  // Makes the directories and counts what is there. Blocks; called once, before anything else.
  result<void> prepare();

  awaitable<result<std::unique_ptr<upload>>> create(std::string id, std::string name, std::uint64_t max_bytes) override;
  awaitable<result<file>> open(std::string id, std::string name) override;
  awaitable<result<std::filesystem::path>> path_of(std::string id, std::string name) override;
  awaitable<result<std::filesystem::path>> make_scratch() override;
  awaitable<void> remove_scratch(std::filesystem::path directory) override;
  awaitable<result<std::uint64_t>> adopt(std::filesystem::path from, std::string id, std::string name) override;
  awaitable<void> sweep() override;
  awaitable<result<std::string>> read(file f, std::uint64_t offset, std::size_t size) override;

  // For the store's own uploads.
  base::blocking_pool& pool() noexcept { return pool_; }
  // Sets `n` bytes aside, giving up the oldest files when there is no room. Blocks. Error: no_space.
  result<void> make_room(std::uint64_t n);
  void release(std::uint64_t n) { budget_.release(n); }
  // Makes the synced file `from`, whose `n` bytes were set aside, visible as `to` and unlinks its old name. Blocks.
  result<void> publish(const std::filesystem::path& from, const std::filesystem::path& to, std::uint64_t n);

 private:
  std::filesystem::path visible_path(const std::string& id, const std::string& name) const;
  result<std::uint64_t> adopt_now(const std::filesystem::path& from, const std::filesystem::path& to);
  void sweep_now(std::uint64_t max_bytes);

  const options options_;
  const std::filesystem::path files_;
  const std::filesystem::path tmp_;
  const base::clock& clock_;
  base::logger log_;
  base::gauge& bytes_;
  base::counter& expired_;
  base::counter& evicted_;
  budget budget_;
  std::mutex sweep_mutex_;
  std::mutex scratch_mutex_;
  std::map<std::filesystem::path, base::descriptor> scratch_;  // locked directories
  base::blocking_pool pool_;                                   // last: its jobs use all of the above
};

}  // namespace streamdemo::artifacts
