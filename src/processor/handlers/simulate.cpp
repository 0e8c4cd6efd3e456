#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <streamdemo/processor/handlers.hpp>

#include "processor/handlers/simulate_request.hpp"

namespace streamdemo::processor {

namespace {

// Ends early when `stop` is requested, by whatever thread.
awaitable<void> pause(std::chrono::milliseconds time, std::stop_token stop) {
  const auto ex = co_await asio::this_coro::executor;
  const auto timer = std::make_shared<base::timer>(ex, time);
  const std::stop_callback on_stop(stop, [ex, timer] { asio::post(ex, [timer] { timer->cancel(); }); });
  boost::system::error_code ec;
  co_await timer->async_wait(asio::redirect_error(base::use_awaitable, ec));
  if (ec && !stop.stop_requested()) throw boost::system::system_error(ec);
}

// Work that keeps the processor's loop busy, as a handler does that computes instead of waiting.
void burn(std::chrono::milliseconds time) {
  for (const auto end = std::chrono::steady_clock::now() + time; std::chrono::steady_clock::now() < end;) {
  }
}

class simulate_handler final : public handler {
 public:
  std::string_view kind() const override { return "simulate"; }
  bool resumable() const override { return true; }
  awaitable<base::result<outcome>> run(job j, emitter& out) override;
};

error stopped() {
  return {errc::canceled, "the run was stopped"};
}

// A record that is too large for the bus fails the task; everything else means that nobody wants more.
std::optional<error> failure_of(const base::result<void>& emitted) {
  if (emitted) return std::nullopt;
  return emitted.error();
}

awaitable<base::result<outcome>> simulate_handler::run(job j, emitter& out) {
  // Often enough to let others run between, seldom enough to cost nothing.
  constexpr std::int64_t turn = 64;
  const auto request = parse_simulate_request(j.payload);
  if (!request) co_return request.error();
  for (auto i = j.results_before; i < request->results; ++i) {
    // The first result comes at once: a resumed run's was due already.
    if (request->interval.count() > 0 && i != j.results_before) {
      co_await pause(request->interval, j.stop);
    } else if (i % turn == turn - 1 || request->burn.count() > 0) {
      const auto ex = co_await asio::this_coro::executor;
      co_await asio::post(ex, base::use_awaitable);
    }
    if (j.stop.stop_requested()) co_return stopped();
    burn(request->burn);
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
