// Removes uploads from the artifact store when no task needs them any more. The log decides that, and only after it was
// read to its end. Every gateway does so for the whole store, because the gateway that received an upload may be gone.
// Made and owned by the gateway; on loop 0, except tidy().
#pragma once
#include <streamdemo/artifacts/store.hpp>
#include <streamdemo/base/notifier.hpp>
#include <streamdemo/base/task_group.hpp>
#include <streamdemo/bus/bus.hpp>
#include <streamdemo/config/settings.hpp>

#include "gateway/access/upload_shares.hpp"
#include "gateway/history/response_follower.hpp"
#include "gateway/tasks/input_standing.hpp"

namespace streamdemo::gateway {

class input_keeper {
 public:
  // All of it outlives the keeper.
  struct parts {
    artifacts::store& files;
    histories& all;
    response_follower& follower;
    bus::bus& bus;
    const config::settings& settings;
    base::executor loop0;
    const base::clock& clock;
    const base::logger& log;
  };
  explicit input_keeper(parts p);

  // Call it when the histories have caught up: checks regularly from then on, as often as the store allows. Nothing is
  // removed before.
  void start();
  // Checks now, for a caller that needs space at once. Any loop; resumes there.
  base::awaitable<void> tidy();
  // What each owner has of uploads; counted with every look. Any thread.
  upload_shares& shares() noexcept { return shares_; }
  // Needed before the destructor. tidy() must not be called any more.
  base::awaitable<void> stop();

 private:
  struct turn;
  base::awaitable<void> tidy_here();
  base::awaitable<void> look();
  base::awaitable<void> look_again(std::vector<artifacts::input> unknown);
  void count(const std::vector<artifacts::input>& inputs);
  base::awaitable<bool> was_read_to_its_end(std::int32_t partition);
  input_standing standing(const artifacts::input& i) const;

  parts p_;
  base::logger log_;
  const base::milliseconds on_its_way_;
  upload_shares shares_;
  bool started_ = false;
  bool busy_ = false;
  base::notifier idle_;
  base::task_group group_;
};

}  // namespace streamdemo::gateway
