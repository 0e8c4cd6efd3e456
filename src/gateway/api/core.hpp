// What the endpoints share: the context, and per loop what belongs to that loop. Made once by make_api; any thread.
#pragma once
#include <streamdemo/base/event.hpp>
#include <streamdemo/base/task_group.hpp>

#include <atomic>
#include <random>

#include "gateway/api/api.hpp"
#include "gateway/api/origin.hpp"
#include "gateway/api/page_files.hpp"

namespace streamdemo::gateway {

// Belongs to one loop; only touched there.
struct loop_state {
  loop_state(base::executor ex, const base::logger& log);
  base::task_group submissions;  // those begun on a WebSocket, which outlive it
  base::event draining;
  std::minstd_rand random;
};

class core {
 public:
  explicit core(api_context c);

  const api_context& context() const noexcept { return c_; }
  const config::settings& settings() const noexcept { return c_.settings; }
  const origin_rules& origins() const noexcept { return origins_; }
  const page_files& page() const noexcept { return page_; }
  const kind_info* find_kind(std::string_view name) const noexcept;

  // Messages of clients on /api/stream that were parsed.
  base::counter& messages() const noexcept { return messages_; }

  // The caller's own loop.
  loop_state& here() noexcept;

  bool draining() const noexcept { return draining_.load(std::memory_order_relaxed); }
  void begin_drain();
  base::awaitable<void> drain();

 private:
  api_context c_;
  origin_rules origins_;
  page_files page_;
  base::counter& messages_;
  std::vector<std::unique_ptr<loop_state>> loops_;
  std::atomic<bool> draining_{false};
};

}  // namespace streamdemo::gateway
