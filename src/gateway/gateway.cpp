// Starts and stops the parts of a gateway in the right order. Start: read the store and learn the bus's clock, read
// `response` until caught up, open the listener. Drain: close the listener, let streams and requests end, wait for
// records that are being published, stop reading.
#include <fmt/format.h>

#include <streamdemo/base/notifier.hpp>
#include <streamdemo/base/task_group.hpp>
#include <streamdemo/base/transfer.hpp>
#include <streamdemo/config/buses.hpp>
#include <streamdemo/gateway/gateway.hpp>
#include <streamdemo/http/server.hpp>

#include <atomic>

#include "gateway/access/gate.hpp"
#include "gateway/access/jwt_verifier.hpp"
#include "gateway/access/key_ring.hpp"
#include "gateway/api/api.hpp"
#include "gateway/history/bus_clock.hpp"
#include "gateway/history/response_follower.hpp"
#include "gateway/history/store/event_store.hpp"
#include "gateway/tasks/input_keeper.hpp"
#include "gateway/tasks/task_service_control.hpp"

namespace streamdemo::gateway {

namespace {

using base::awaitable;
using base::errc;
using base::error;
using base::result;

constexpr std::chrono::seconds bus_retry{1};
constexpr base::milliseconds close_poll{100};
// If this machine's clock differs from the bus's by more than this, a warning is logged.
constexpr std::chrono::seconds clock_alarm{10};

// Up to this size, what one connection buffers is not counted.
constexpr std::uint64_t free_buffer_bytes = 4096;

http::server_options server_options(const dependencies& s, base::byte_budget& buffers) {
  const auto& g = s.settings.gateway;
  return {.name = "gateway",
          .listen = g.listen,
          .port = g.port,
          .passed_sockets = s.passed_sockets,
          .max_connections = g.max_connections,
          .descriptors_below = s.connections_below,
          .refusals_below = s.files_below,
          .max_header_bytes = g.max_header_bytes,
          .max_message_bytes = g.max_message_bytes,
          .send_buffer_bytes = g.send_buffer_bytes,
          .min_body_bytes_per_second = g.min_upload_bytes_per_second,
          .buffers = &buffers,
          .request_timeout = g.request_timeout,
          .idle_timeout = g.idle_timeout,
          .write_timeout = g.write_timeout,
          .heartbeat = g.heartbeat,
          .ping = g.ping,
          .pong_timeout = g.pong_timeout};
}

response_follower::options follower_options(const config::settings& s) {
  return {.topic = s.topics.response,
          .partitions = s.topics.partitions,
          .window = s.tasks.max_deadline + s.results.keep_for + s.processor.recovery_margin};
}

// What the log is, for a store that may outlive it.
std::string log_of(const config::settings& s, const std::string& instance) {
  const bool outlives_this_process = config::reaches_other_processes(s.bus) || !s.inprocess.directory.empty();
  return outlives_this_process ? s.topics.response : s.topics.response + " of " + instance;
}

histories::options history_options(const config::settings& s, const std::string& instance, tracing::tracer* traces) {
  return {.max_bytes = s.results.max_bytes,
          .keep_for = s.results.keep_for,
          .partitions = s.topics.partitions,
          .max_waiters = s.gateway.max_waiters,
          .max_disk_bytes = s.history.max_disk_bytes,
          .topic = log_of(s, instance),
          .traces = traces};
}

std::unique_ptr<event_store> disk_of(const config::settings& s) {
  if (s.history.directory.empty()) return nullptr;
  return make_rocks_store({.directory = s.history.directory,
                           .memory_bytes = s.results.max_bytes / 16 * 3,
                           .max_disk_bytes = s.history.max_disk_bytes,
                           .keep_for = s.results.keep_for});
}

gate::options gate_options(const config::settings& s) {
  gate::options o;
  o.asks = s.auth.mode != config::auth_mode::none;
  o.public_url = s.gateway.public_url;
  o.max_session = s.auth.max_session;
  o.max_ticket = s.auth.max_ticket;
  // Without other gateways, every sign-out is known here at once, and streams need not end now and then for it.
  if (config::reaches_other_processes(s.bus)) o.session_slice = s.auth.session_slice;
  if (s.auth.mode == config::auth_mode::proxy) o.trusted_proxies = s.auth.trusted_proxies;
  o.proxy_header = s.auth.proxy_header;
  return o;
}

jwt_verifier::issuer token_issuer(const std::string& name, const config::token_issuer& i) {
  jwt_verifier::issuer out{.name = name, .rules = {}, .where = i.jwks, .ca_file = i.ca_file.string()};
  out.rules.issuer = i.issuer;
  out.rules.audience = i.audience;
  for (const auto& a : i.algorithms) out.rules.algorithms.push_back(base::parse_signature_algorithm(a).value());
  out.rules.types = i.types;
  out.rules.scope_prefix = i.scope_prefix;
  out.rules.kinds_claim = i.kinds_claim;
  out.rules.leeway = i.leeway;
  return out;
}

std::unique_ptr<token_verifier> make_verifier(const dependencies& s, const base::logger& log) {
  const auto& auth = s.settings.auth;
  if (auth.mode == config::auth_mode::keys) return std::make_unique<key_ring>(auth.directory / "keys", log);
  if (auth.mode != config::auth_mode::jwt) return nullptr;
  std::vector<jwt_verifier::issuer> issuers;
  for (const auto& [name, i] : auth.issuers) issuers.push_back(token_issuer(name, i));
  return std::make_unique<jwt_verifier>(std::move(issuers), s.clock, s.metrics, log);
}

result<void> check_authorities(const config::settings& s) {
  if (s.auth.mode != config::auth_mode::jwt) return {};
  for (const auto& [name, i] : s.auth.issuers) {
    const auto setting = fmt::format("auth.issuers.{}.ca_file", name);
    if (auto readable = base::check_authorities(i.ca_file.string(), setting); !readable) return readable;
  }
  return {};
}

std::vector<std::string> names_of(const std::vector<kind_info>& kinds) {
  std::vector<std::string> out;
  for (const auto& k : kinds) out.push_back(k.name);
  return out;
}

}  // namespace

class wired_gateway final : public gateway {
 public:
  explicit wired_gateway(dependencies s)
      : bus_(s.bus),
        settings_(s.settings),
        clock_(s.clock),
        instance_(s.instance),
        loop0_(s.loops.executor(0)),
        log_(s.log.child("gateway")),
        buffers_(settings_.gateway.max_buffer_bytes, free_buffer_bytes,
                 s.metrics.gauge("streamdemo_http_buffer_bytes",
                                 "Bodies, answers and messages under way, of at most gateway.max_buffer_bytes"),
                 s.metrics.counter("streamdemo_http_buffers_refused_total",
                                   "Times that gateway.max_buffer_bytes had no room for one more")),
        gate_(gate_options(settings_), secrets(s.id_secret, settings_.auth.earlier_id_secrets), make_verifier(s, log_),
              clock_),
        all_(make_histories(history_options(settings_, s.instance, s.traces), s.loops, s.clock, s.metrics, log_,
                            disk_of(settings_))),
        service_(make_task_service({.bus = s.bus,
                                    .all = *all_,
                                    .files = s.artifacts,
                                    .settings = settings_,
                                    .loops = s.loops,
                                    .clock = s.clock,
                                    .metrics = s.metrics,
                                    .log = log_,
                                    .source = s.instance,
                                    .own_secrets = gate_.own_secrets(),
                                    .kinds = names_of(s.kinds),
                                    .traces = s.traces})),
        follower_(follower_options(settings_), s.bus, *all_, loop0_, log_),
        inputs_({.files = s.artifacts,
                 .all = *all_,
                 .follower = follower_,
                 .bus = s.bus,
                 .settings = settings_,
                 .loop0 = loop0_,
                 .clock = s.clock,
                 .log = log_}),
        api_(make_api({.entrance = gate_,
                       .all = *all_,
                       .service = *service_,
                       .inputs = inputs_,
                       .files = s.artifacts,
                       .settings = settings_,
                       .loops = s.loops,
                       .clock = s.clock,
                       .metrics = s.metrics,
                       .log = log_,
                       .buffers = buffers_,
                       .instance = s.instance,
                       .kinds = std::move(s.kinds),
                       .traces = s.traces})),
        server_(http::make_server(server_options(s, buffers_), s.loops, api_->handler(), api_->error_page(), s.metrics,
                                  log_)) {}

  awaitable<result<void>> start() override {
    if (auto readable = check_authorities(settings_); !readable) co_return readable;
    // The brokers are met and asked for the time while the store is read.
    follower_.prepare();
    result<void> learned;
    base::task_group question(loop0_, log_, "the question for the bus's time");
    question.spawn([&] { return learn_clock(learned); });
    const auto known = co_await all_->open();
    if (known.has_error()) question.cancel();
    co_await question.join();
    if (known.has_error()) co_return known;
    if (learned.has_error()) co_return learned;
    stage_ = stage::reading_back;
    // What the store knew may be too old by now.
    all_->sweep(all_->bus_now());
    follower_.start();
    // close() may be called on any thread and wakes nothing here, so check for it regularly.
    while (!closed_ && follower_.behind() != 0) {
      co_await follower_.wait_for_change(std::chrono::steady_clock::now() + close_poll);
    }
    if (closed_) co_return error{errc::closed, "the gateway was closed while it started"};
    service_->start();
    inputs_.start();
    api_->start();
    if (auto opened = server_->open(); opened.has_error()) co_return opened;
    stage_ = stage::serving;
    // close() may have been called on another thread while the listener opened.
    if (closed_) server_->close();
    co_return result<void>{};
  }

  std::uint16_t port() const override { return stage_ == stage::serving ? server_->port() : 0; }

  std::optional<std::string> ready() const override {
    if (closed_) return "the gateway is shutting down";
    if (stage_ == stage::asking_time) return "the gateway waits for the bus to take a record";
    if (const auto n = follower_.behind(); n != 0) {
      return fmt::format("the gateway reads {} back: {} of {} partitions to go", settings_.topics.response, n,
                         settings_.topics.partitions);
    }
    if (auto why = gate_.not_ready()) return why;
    if (stage_ != stage::serving) return "the gateway opens its listener";
    return std::nullopt;
  }

  void close() override {
    if (closed_.exchange(true)) return;
    server_->close();
    api_->begin_drain();
  }

  awaitable<void> drain(base::steady_time deadline) override {
    close();
    if (drained_) co_return;
    drained_ = true;
    co_await server_->drain(deadline);
    co_await api_->drain();
    co_await inputs_.stop();
    co_await service_->drain(deadline);
    co_await follower_.stop(deadline);
  }

 private:
  enum class stage { asking_time, reading_back, serving };

  awaitable<void> learn_clock(result<void>& outcome) {
    for (bool first = true; !closed_; first = false) {
      bus_clock_parts p{.bus = bus_,
                        .all = *all_,
                        .loop0 = loop0_,
                        .clock = clock_,
                        .topic = settings_.topics.response,
                        .source = instance_,
                        .timeout = settings_.gateway.publish_timeout};
      const auto learned = co_await learn_bus_clock(std::move(p));
      if (learned.has_value()) {
        const auto ahead = clock_.now() - all_->bus_now();
        if (ahead > clock_alarm || ahead < -clock_alarm) {
          log_.warning(
              "this machine's clock is {:.1f} s ahead of the bus's: deadlines go by the bus's, but correct this one",
              std::chrono::duration<double>(ahead).count());
        }
        co_return;
      }
      if (first) log_.warning("the bus takes no record yet, trying again: {}", learned.error().message);
      co_await base::sleep_for(bus_retry);
    }
    outcome = error{errc::closed, "the gateway was closed before the bus took a record"};
  }

  bus::bus& bus_;
  const config::settings& settings_;
  const base::clock& clock_;
  std::string instance_;
  base::executor loop0_;
  base::logger log_;
  base::byte_budget buffers_;
  gate gate_;
  std::unique_ptr<histories> all_;
  std::unique_ptr<task_service_control> service_;
  response_follower follower_;
  input_keeper inputs_;
  std::unique_ptr<api> api_;
  std::unique_ptr<http::server> server_;
  std::atomic<stage> stage_ = stage::asking_time;
  std::atomic<bool> closed_ = false;
  bool drained_ = false;
};

std::unique_ptr<gateway> make_gateway(dependencies s) {
  return std::make_unique<wired_gateway>(std::move(s));
}

}  // namespace streamdemo::gateway
