// The store in a bucket: <prefix>files/<id>/<name> are outputs, <prefix>inputs/<id>/<name> are inputs. Processes share
// nothing but the bucket; each has a scratch directory for what programs read and write. Several processes of one
// machine may share that.
//
// The limits hold as of the last listing: what other processes have put since then is not counted yet.
#pragma once
#include <streamdemo/artifacts/s3.hpp>
#include <streamdemo/base/byte_budget.hpp>
#include <streamdemo/base/io_threads.hpp>
#include <streamdemo/base/offload.hpp>
#include <streamdemo/base/task_group.hpp>

#include <limits>
#include <mutex>

#include "artifacts/budget.hpp"
#include "artifacts/s3/client.hpp"
#include "artifacts/s3/first_sight.hpp"
#include "artifacts/s3/sweeper.hpp"
#include "artifacts/scratch_area.hpp"
#include "artifacts/store_metrics.hpp"

namespace streamdemo::artifacts::s3 {

class s3_store final : public store {
 public:
  s3_store(s3_options o, client_options c, const base::clock& clock, base::metrics& metrics, const base::logger& log);
  ~s3_store() override;

  // Makes the scratch directory and looks at the bucket. Blocks; call it once, before anything else.
  result<void> prepare();

  awaitable<result<std::unique_ptr<upload>>> create(std::string id, std::string name, std::uint64_t max_bytes,
                                                    std::uint64_t expected) override;
  awaitable<std::vector<input>> inputs() override;
  base::milliseconds inputs_interval() const noexcept override;
  awaitable<void> remove_input(std::string id, std::string name) override;
  awaitable<result<file>> open(std::string id, std::string name) override;
  awaitable<void> remove_outputs(std::string id) override;
  awaitable<result<local_file>> local(std::string id, std::string name) override;
  awaitable<result<std::filesystem::path>> make_scratch() override;
  awaitable<void> remove_scratch(std::filesystem::path directory) override;
  awaitable<result<void>> write_scratch(std::filesystem::path file, std::string bytes) override;
  awaitable<result<std::uint64_t>> adopt(std::filesystem::path from, std::string id, std::string name) override;
  awaitable<void> sweep() override;
  base::milliseconds sweep_interval() const noexcept override;
  awaitable<result<std::string>> read(file f, std::uint64_t offset, std::size_t size) override;
  std::optional<std::string> link(const file& f, const link_request& r) override;
  std::string link_origin() const override;

  // The following is for the store's uploads.
  client& bucket() noexcept { return client_; }
  base::blocking_pool& pool() noexcept { return pool_; }
  const s3_options& chosen() const noexcept { return options_; }
  // Any thread. The coroutine runs on the store's own loop, until it ends or the store does.
  void spawn(std::function<awaitable<void>()> body);
  // Reserves `n` bytes, and removes the oldest outputs if needed. Error: no_space.
  awaitable<result<void>> make_room(sort s, std::uint64_t n);
  void release(sort s, std::uint64_t n) { budget_.release(s, n); }
  void publish(sort s, std::uint64_t n) { budget_.publish(s, n); }
  // An input was committed here now.
  void committed(const std::string& key);
  awaitable<void> remove_upload(std::string key, client::try_once once);

 private:
  struct located {
    std::string key;
    object_head head;
  };
  std::string output_key(const std::string& id, const std::string& name) const;
  std::string input_key(const std::string& id, const std::string& name) const;
  awaitable<result<located>> find(std::string id, std::string name);
  awaitable<result<void>> copy(const located& from, int to);
  awaitable<result<std::uint64_t>> put_file(std::filesystem::path from, std::string key);
  awaitable<void> end_own_work();
  // Sets since when each is there. `found`: all uploads of a listing that was asked for at `began`.
  void date(std::vector<input>& found, base::sys_time began);

  const s3_options options_;
  const base::clock& clock_;
  base::logger log_;
  store_metrics counts_;
  budget budget_;
  base::byte_budget buffers_;
  base::byte_budget scratch_bytes_;
  scratch_area tmp_;
  key_source keys_;
  std::mutex seen_mutex_;
  // Uploads by "<id>/<name>": as many as a listing has, which whoever asked for it holds as well.
  first_sight<base::sys_time> seen_{std::numeric_limits<std::size_t>::max()};
  // The loop is destroyed after what has threads: they may still be about to leave a post to it when its last
  // coroutine has ended.
  base::io_threads loop_{1, "bucket"};
  base::blocking_pool pool_;
  client client_;
  sweeper sweeper_;
  base::task_group group_;
};

}  // namespace streamdemo::artifacts::s3
