// What the endpoints share: the parts of the gateway that they use, and a loop_state for each loop. Made once by
// make_api. Any thread.
#pragma once
#include <streamdemo/base/notifier.hpp>
#include <streamdemo/base/task_group.hpp>
#include <streamdemo/http/fields/origin.hpp>

#include <atomic>
#include <random>

#include "gateway/access/access_watch.hpp"
#include "gateway/access/audit.hpp"
#include "gateway/access/places.hpp"
#include "gateway/access/quotas.hpp"
#include "gateway/api/api.hpp"
#include "gateway/api/body/page_files.hpp"
#include "gateway/api/problem.hpp"
#include "gateway/api/stream/delivery_clock.hpp"

namespace streamdemo::gateway {

// Belongs to one loop; only touched there.
struct loop_state {
  loop_state(base::executor ex, const gate& entrance, const base::clock& clock, const base::logger& log);
  base::task_group submissions;  // operations that began on a WebSocket and may outlive it
  base::notifier draining;
  std::minstd_rand random;
  access_watch watch;
};

class services {
 public:
  explicit services(api_dependencies d);

  gate& entrance() const noexcept { return d_.entrance; }
  quotas& shares() noexcept { return quotas_; }
  // Bounds how many requests of one owner wait for unknown ids.
  places& waits() noexcept { return waits_; }
  // Bounds how many streams of one owner are open.
  places& streams() noexcept { return streams_; }
  audit& log_of_acts() noexcept { return audit_; }
  histories& all() const noexcept { return d_.all; }
  task_service& service() const noexcept { return d_.service; }
  input_keeper& inputs() const noexcept { return d_.inputs; }
  artifacts::store& files() const noexcept { return d_.files; }
  const config::settings& settings() const noexcept { return d_.settings; }
  const base::clock& clock() const noexcept { return d_.clock; }
  const delivery_clock& deliveries() const noexcept { return deliveries_; }
  base::byte_budget& buffers() const noexcept { return d_.buffers; }
  const std::string& instance() const noexcept { return d_.instance; }
  const std::vector<kind_info>& kinds() const noexcept { return d_.kinds; }
  tracing::tracer* traces() const noexcept { return d_.traces; }
  // Refusal: unknown_kind, which names those there are.
  checked<const kind_info*> find_kind(std::string_view name) const;
  const http::origin_rules& origins() const noexcept { return origins_; }
  const page_files& page() const noexcept { return page_; }
  // sign_in_json() and page_policy() of the settings, made once.
  const std::string& sign_in() const noexcept { return sign_in_; }
  const std::string& policy_of_pages() const noexcept { return policy_of_pages_; }

  // Counts messages of clients on /api/stream that were parsed.
  base::counter& messages() const noexcept { return messages_; }
  // Counts requests of the endpoint with that method and pattern.
  base::counter& requests(http::verb v, std::string_view pattern) const;

  // The state of the current loop.
  loop_state& here() noexcept;
  base::executor executor_here() const { return d_.loops.executor(base::current_loop()); }

  // Checks again, on every loop, which streams may go on.
  void judge_again();
  void start();
  bool draining() const noexcept { return draining_.load(std::memory_order_relaxed); }
  void begin_drain();
  base::awaitable<void> drain();

 private:
  base::awaitable<void> look_for_changes();

  api_dependencies d_;
  http::origin_rules origins_;
  page_files page_;
  const std::string sign_in_;
  const std::string policy_of_pages_;
  quotas quotas_;
  places waits_;
  places streams_;
  audit audit_;
  const delivery_clock deliveries_;
  base::counter& messages_;
  std::vector<std::unique_ptr<loop_state>> loops_;
  base::task_group keys_;  // on loop 0
  std::atomic<bool> draining_{false};
};

}  // namespace streamdemo::gateway
