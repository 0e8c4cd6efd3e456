#include "processor/handler_runs.hpp"

#include <boost/asio/post.hpp>

#include <stdexcept>

namespace streamdemo::processor {

handler_runs::handler_runs(run_dependencies deps, std::vector<std::unique_ptr<handler>> handlers, finished f)
    : deps_(std::move(deps)),
      finished_(std::move(f)),
      ended_(deps_.executor),
      work_(deps_.executor, deps_.log, "handlers") {
  for (auto& h : handlers) {
    std::string kind(h->kind());
    if (!handlers_.emplace(kind, std::move(h)).second) {
      throw std::invalid_argument("two handlers for the kind \"" + kind + "\": give one of them another name");
    }
  }
}

std::map<std::string, bool, std::less<>> handler_runs::kinds() const {
  std::map<std::string, bool, std::less<>> all;
  for (const auto& [kind, h] : handlers_) all.emplace(kind, h->resumable());
  return all;
}

void handler_runs::begin(begin_run what) {
  const auto h = handlers_.find(what.kind);
  if (h == handlers_.end()) throw std::logic_error("a run of a kind without a handler began: " + what.kind);
  const bool at_once = what.is_first_run;
  auto r = std::make_shared<run>(deps_, std::move(what));
  runs_[r->key().run] = r;
  work_.spawn([this, r, to = h->second.get(), at_once] { return work(r, *to, at_once); });
}

void handler_runs::stop(const stop_run& what) {
  const auto it = runs_.find(what.key.run);
  if (it == runs_.end()) return;
  const auto r = it->second;
  r->stop(what.why);
}

awaitable<void> handler_runs::work(std::shared_ptr<run> r, handler& h, bool at_once) {
  // A handler may crash this program. Then the run's `started` must already be on its way to the bus, or this run would
  // not be counted; so yield once to let the producer send it. Only the first run of a task skips this, so that its
  // `started` and its first results share a request to the brokers. If that is lost, the next owner's run is counted.
  if (!at_once) co_await asio::post(co_await asio::this_coro::executor, base::use_awaitable);
  co_await r->work(h);
  deps_.metrics.run_over(r->end());
  runs_.erase(r->key().run);
  finished_(r->key(), r->how());
  ended_.notify_all();
}

awaitable<void> handler_runs::end(base::steady_time until) {
  while (!runs_.empty() && std::chrono::steady_clock::now() < until) co_await ended_.wait_until(until);
  if (work_.size() > 0) deps_.log.warning("{} handlers did not end when told to, and are canceled", work_.size());
  work_.cancel();
  co_await work_.join();
}

}  // namespace streamdemo::processor
