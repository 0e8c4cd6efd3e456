// The coroutine forms of producer::publish and publish_together.
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <streamdemo/bus/bus.hpp>

namespace streamdemo::bus {

namespace {

// Resumes the waiting coroutine once: at the acknowledgement or at the cancellation, whichever comes first. Both arrive
// on the producer's executor. Its work guard keeps the loop running while nothing else is left on it.
template <class Handler>
class waiting {
 public:
  waiting(Handler h, const executor& ex)
      : handler_(std::move(h)), work_(asio::require(ex, asio::execution::outstanding_work.tracked)) {}

  void resume(result<published> r) {
    if (!handler_) return;
    auto h = std::move(*handler_);
    handler_.reset();
    asio::get_associated_cancellation_slot(h).clear();
    std::move(h)(std::move(r));
  }
  const auto& work() const { return work_; }

 private:
  using tracked = decltype(asio::require(std::declval<executor>(), asio::execution::outstanding_work.tracked));
  std::optional<Handler> handler_;
  tracked work_;
};

// `start`: calls the producer's function with the `done` that it is given.
template <class Start>
awaitable<result<published>> as_coroutine(Start start) {
  const executor ex = co_await asio::this_coro::executor;
  auto initiate = [ex, &start](auto handler) {
    auto slot = asio::get_associated_cancellation_slot(handler);
    auto w = std::make_shared<waiting<decltype(handler)>>(std::move(handler), ex);
    if (slot.is_connected()) {
      // Weak, because `w` owns the coroutine whose slot this is: a strong pointer would be a cycle. Posted, because the
      // coroutine, once resumed, may destroy the signal that is being emitted.
      slot.assign([weak = std::weak_ptr(w)](asio::cancellation_type) {
        if (auto locked = weak.lock()) {
          asio::post(locked->work(),
                     [locked] { locked->resume(error{errc::canceled, "canceled while waiting for the bus"}); });
        }
      });
    }
    start([w](result<published> done) { w->resume(std::move(done)); });
  };
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<executor>, void(result<published>)>(
      initiate, base::use_awaitable);
}

}  // namespace

awaitable<result<published>> publish(producer& p, record r, std::optional<steady_time> deadline) {
  co_return co_await as_coroutine([&](producer::done d) { p.publish(std::move(r), deadline, std::move(d)); });
}

awaitable<result<published>> publish_together(producer& p, std::vector<record>& all, steady_time deadline) {
  co_return co_await as_coroutine([&](producer::done d) { p.publish_together(all, deadline, std::move(d)); });
}

}  // namespace streamdemo::bus
