#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <streamdemo/base/offload.hpp>
#include <streamdemo/processor/handlers.hpp>

#include "processor/handlers/simulate_request.hpp"

namespace streamdemo::processor {

namespace {

// Waits for this time, or until `stop` is requested, on any thread.
awaitable<void> pause(std::chrono::milliseconds time, std::stop_token stop) {
  const auto ex = co_await asio::this_coro::executor;
  const auto timer = std::make_shared<base::timer>(ex, time);
  const std::stop_callback on_stop(stop, [ex, timer] { asio::post(ex, [timer] { timer->cancel(); }); });
  boost::system::error_code ec;
  co_await timer->async_wait(asio::redirect_error(base::use_awaitable, ec));
  if (ec && !stop.stop_requested()) throw boost::system::system_error(ec);
}

// Keeps a thread busy, like a handler that computes instead of waiting.
bool burn(std::chrono::milliseconds time) {
  for (const auto end = std::chrono::steady_clock::now() + time; std::chrono::steady_clock::now() < end;) {
  }
  return true;
}

class simulate_handler final : public handler {
 public:
  std::string_view kind() const override { return "simulate"; }
  bool resumable() const override { return true; }
  awaitable<base::result<outcome>> run(job j, emitter& out) override;

 private:
  // What computes has one thread, as on a loop of its own, but holds up nobody who waits: clients may be on that loop.
  base::blocking_pool computing_{1};
};

error stopped() {
  return {errc::canceled, "the run was stopped"};
}

// A record that is too large fails the task. Any other error means that the run was stopped, and is no failure.
std::optional<error> failure_of(const base::result<void>& emitted) {
  if (emitted) return std::nullopt;
  return emitted.error();
}

awaitable<base::result<outcome>> simulate_handler::run(job j, emitter& out) {
  // How many results to emit before yielding to other work of the loop.
  constexpr std::int64_t turn = 64;
  const auto request = parse_simulate_request(j.payload);
  if (!request) co_return request.error();
  for (auto i = j.results_before; i < request->results; ++i) {
    // The first result is due at once; in a resumed run it was due before.
    if (request->interval.count() > 0 && i != j.results_before) {
      co_await pause(request->interval, j.stop);
    } else if (i % turn == turn - 1) {
      const auto ex = co_await asio::this_coro::executor;
      co_await asio::post(ex, base::use_awaitable);
    }
    if (j.stop.stop_requested()) co_return stopped();
    if (request->burn.count() > 0) {
      co_await computing_.run([time = request->burn] { return burn(time); });
      if (j.stop.stop_requested()) co_return stopped();
    }
    if (request->fail_at == i) {
      co_return error{errc::invalid_argument, fmt::format("failed at result {}, as asked for by fail_at", i)};
    }
    const auto emitted = co_await out.result(request->result_json(i));
    if (auto failed = failure_of(emitted)) co_return std::move(*failed);
    const auto fraction = static_cast<double>(i + 1) / static_cast<double>(request->results);
    const auto told = co_await out.progress(fraction);
    if (auto failed = failure_of(told)) co_return std::move(*failed);
  }
  co_return outcome{fmt::format("\"results\":{}", request->results)};
}

}  // namespace

std::unique_ptr<handler> make_simulate_handler() {
  return std::make_unique<simulate_handler>();
}

}  // namespace streamdemo::processor
