#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <future>
#include <mutex>
#include <streamdemo/app/application.hpp>
#include <streamdemo/base/id.hpp>
#include <streamdemo/base/io_threads.hpp>
#include <streamdemo/base/notifier.hpp>
#include <streamdemo/base/open_files.hpp>
#include <streamdemo/base/shown.hpp>
#include <streamdemo/base/task_group.hpp>
#include <streamdemo/bus/inprocess.hpp>
#include <streamdemo/bus/kafka.hpp>
#include <streamdemo/config/buses.hpp>
#include <streamdemo/gateway/access/secret_file.hpp>
#include <streamdemo/gateway/gateway.hpp>
#include <streamdemo/management/management.hpp>
#include <streamdemo/processor/processor.hpp>
#include <streamdemo/tracing/tracer.hpp>

#include "app/descriptor_plan.hpp"
#include "app/kinds.hpp"
#include "app/limit_metrics.hpp"
#include "app/module_options.hpp"
#include "app/token_file.hpp"
#include "app/topics.hpp"

namespace streamdemo::app {

namespace {

using std::chrono::steady_clock;

constexpr auto bus_retry = std::chrono::seconds(1);
constexpr auto give_up_poll = std::chrono::milliseconds(100);

// Runs a coroutine on the thread of its loop and waits for it on the calling thread, which runs no loop.
template <class T>
T wait_for(base::executor ex, base::awaitable<T> a) {
  return asio::co_spawn(ex, std::move(a), asio::use_future).get();
}

std::string source_of(const config::settings& s, std::string_view role) {
  return fmt::format("{}/{}", s.instance.name.empty() ? role : std::string_view(s.instance.name), base::random_id());
}

std::string_view name_of(config::role r) {
  switch (r) {
    case config::role::gateway:
      return "gateway";
    case config::role::processor:
      return "processor";
    case config::role::all:
      break;
  }
  return "all";
}

// The one switch that chooses the bus.
base::result<std::unique_ptr<bus::bus>> make_bus(const config::settings& s, const base::clock& clock,
                                                 base::metrics& metrics, const base::logger& log) {
  switch (s.bus) {
    case config::bus_kind::inprocess:
      if (s.inprocess.directory.empty()) return bus::make_inprocess_bus(clock, log);
      return bus::make_journaled_bus(journal_options(s), clock, metrics, log);
    case config::bus_kind::kafka:
      break;
  }
  return bus::make_kafka_bus(kafka_options(s), metrics, log);
}

// What the start is waiting for, which readiness requests show meanwhile. Thread-safe.
class obstacle {
 public:
  void set(std::optional<std::string> what) {
    const std::lock_guard lock(mutex_);
    what_ = std::move(what);
  }
  std::optional<std::string> get() const {
    const std::lock_guard lock(mutex_);
    return what_;
  }

 private:
  mutable std::mutex mutex_;
  std::optional<std::string> what_ = "the bus is asked for its topics";
};

// The first process that starts creates the topics. Retries while the bus cannot be reached.
base::awaitable<base::result<void>> create_topics(bus::bus& b, const config::settings& s, const base::logger& log,
                                                  obstacle& in_the_way, const std::atomic<bool>& given_up) {
  for (std::string said; !given_up;) {
    auto specs = topics_of(s);
    auto made = co_await b.ensure_topics(std::move(specs));
    if (made.has_value() || made.error().code == base::errc::invalid_argument) co_return made;
    const auto& why = made.error().message;
    in_the_way.set("the bus does not have the topics yet: " + why);
    // Log each reason once, also when a new one follows.
    if (why != said) log.warning("the bus does not have the topics yet, trying again: {}", why);
    said = why;
    co_await base::sleep_for(bus_retry);
  }
  co_return base::error{base::errc::closed, "stopped before the bus had its topics"};
}

descriptor_needs needs_of(const config::settings& s) {
  descriptor_needs n;
  n.limit = base::limit_of_open_files().soft;
  if (s.role != config::role::processor) n.max_connections = s.gateway.max_connections;
  if (s.role != config::role::gateway) n.runs = s.processor.concurrency;
  n.brokers = s.bus == config::bus_kind::kafka;
  n.journal = s.bus == config::bus_kind::inprocess && !s.inprocess.directory.empty();
  if (s.artifacts.store == config::store_kind::s3) n.bucket = s.s3.connections;
  return n;
}

base::awaitable<void> sweep_forever(artifacts::store& store) {
  for (;;) {
    co_await store.sweep();
    co_await base::sleep_for(store.sweep_interval());
  }
}

}  // namespace

// The order of the members is that of their construction; they are destroyed in reverse.
struct application::impl {
  impl(config::settings s, std::filesystem::path guard, const base::clock& c, const base::logger& l,
       std::uint64_t files_of_children, std::vector<int> sockets, tracing::read_options t)
      : settings(std::move(s)),
        kinds(kinds_of(settings)),
        guard_program(std::move(guard)),
        child_open_files(files_of_children),
        passed_sockets(std::move(sockets)),
        needs(needs_of(settings)),
        plan(plan_descriptors(needs)),
        of_aws(variables_of_aws()),
        clock(c),
        log(l),
        trace_options(std::move(t)) {
    hide_key_of_aws(settings, of_aws);
  }

  const config::settings settings;
  const std::vector<kind> kinds;
  const std::filesystem::path guard_program;
  const std::uint64_t child_open_files;
  const std::vector<int> passed_sockets;
  const descriptor_needs needs;
  const descriptor_plan plan;
  const aws_variables of_aws;
  const base::clock& clock;
  const base::logger& log;
  const tracing::read_options trace_options;
  base::metrics metrics;
  std::atomic<bool> stopping{false};
  obstacle in_the_way;
  // Set once the role exists and can be asked whether it is ready. The management listener opens earlier.
  std::atomic<bool> gateway_made{false};
  std::atomic<bool> processor_made{false};

  std::unique_ptr<tracing::tracer> traces;  // nullptr: nothing is traced
  std::unique_ptr<bus::bus> bus;
  // A separate loop for the management listener, so that it answers while the others are busy.
  base::io_threads watch_loop{1, "watch"};
  base::io_threads processor_loop{1, "processor"};
  std::unique_ptr<base::io_threads> gateway_loops;
  std::unique_ptr<artifacts::store> store;   // after the loops: its threads may still be posting to them
  std::unique_ptr<base::task_group> chores;  // on watch_loop
  std::unique_ptr<http::server> management;
  std::unique_ptr<processor::processor> processor;
  std::unique_ptr<gateway::gateway> gateway;

  bool has(config::role r) const { return settings.role == config::role::all || settings.role == r; }
  base::executor watch() { return watch_loop.executor(0); }

  base::result<void> start(const std::function<bool()>& give_up);
  void start_tracing();
  base::result<void> open_management();
  base::result<void> make_topics(const std::function<bool()>& give_up);
  void start_processor();
  base::result<void> check_descriptors() const;
  base::result<std::string> id_secret() const;
  base::result<void> start_gateway(const std::function<bool()>& give_up);
  std::optional<std::string> unready() const;
  void stop();
};

base::result<void> application::impl::start(const std::function<bool()>& give_up) {
  show_limits(settings, metrics);
  auto made_bus = make_bus(settings, clock, metrics, log);
  if (!made_bus) return made_bus.error();
  bus = std::move(*made_bus);
  if (!config::reaches_other_processes(settings.bus) && settings.role != config::role::all) {
    return base::error{base::errc::invalid_argument,
                       "the in-process bus reaches only this process: start it with --role=all, or with --bus=kafka"};
  }
  if (!passed_sockets.empty() && !has(config::role::gateway)) {
    return base::error{base::errc::invalid_argument,
                       "listening sockets were passed to this process (LISTEN_FDS), but a processor serves no clients"};
  }
  auto made_store =
      settings.artifacts.store == config::store_kind::s3
          ? artifacts::make_s3_store(bucket_options(settings, of_aws), clock, metrics, log)
          : artifacts::make_directory_store(artifact_options(settings, plan.files_below), clock, metrics, log);
  if (!made_store) return made_store.error();
  store = std::move(*made_store);

  start_tracing();
  watch_loop.start();
  chores = std::make_unique<base::task_group>(watch(), log, "chores");
  if (auto opened = open_management(); !opened) return opened;
  for (const auto& kind : kinds) {
    if (!kind.info.notice.empty()) log.warning("{}", kind.info.notice);
  }
  if (auto made = make_topics(give_up); !made) return made;
  if (has(config::role::gateway)) {
    gateway_loops = std::make_unique<base::io_threads>(settings.gateway.threads, "gateway");
    gateway_loops->start();
    if (auto started = start_gateway(give_up); !started) return started;
  }
  if (has(config::role::processor)) start_processor();
  // Started only now, because files must not be swept before the log was read back.
  asio::dispatch(watch(), asio::use_future([this] { chores->spawn([this] { return sweep_forever(*store); }); })).get();
  return {};
}

void application::impl::start_tracing() {
  for (const auto& w : trace_options.warnings) log.warning("{}", w);
  const auto& o = trace_options.found;
  if (!o.on) return;
  log.info("traces are sent to {} as {}", tracing::shown_url(o.url), base::shown(o.service_name));
  traces = tracing::make_tracer(o,
                                {.version = STREAMDEMO_VERSION,
                                 .instance = source_of(settings, name_of(settings.role)),
                                 .bus = settings.bus == config::bus_kind::kafka ? "kafka" : "inprocess"},
                                metrics, log);
}

base::result<void> application::impl::open_management() {
  std::string token;
  if (const auto& file = settings.management.token_file; !file.empty()) {
    auto read = read_token(file);
    if (!read) return base::error{read.error().code, "management.token_file: " + read.error().message};
    token = std::move(*read);
  }
  management = management::make_management(
      management_options(settings, std::move(token), plan.management_below), watch_loop, [this] { return unready(); },
      metrics, log);
  return management->open();
}

base::result<void> application::impl::make_topics(const std::function<bool()>& give_up) {
  std::atomic<bool> given_up{false};
  auto made = asio::co_spawn(watch(), create_topics(*bus, settings, log, in_the_way, given_up), asio::use_future);
  while (made.wait_for(give_up_poll) == std::future_status::timeout) {
    if (give_up && give_up()) given_up = true;
  }
  auto topics = made.get();
  if (topics) in_the_way.set(std::nullopt);
  return topics;
}

// Called once the gateway listens: everything but the client connections has its descriptors by then.
base::result<void> application::impl::check_descriptors() const {
  const auto open = base::count_open_files();
  const auto room = room_for_connections(plan, open);
  const auto enough = sufficient_limit(needs, open);
  if (room >= needs.max_connections) return {};
  const auto advice = fmt::format(
      "raise the hard limit to {} (ulimit -Hn, LimitNOFILE= of systemd, --ulimit nofile= of docker) or lower "
      "gateway.max_connections",
      enough);
  if (room == 0) {
    return base::error{base::errc::invalid_argument, fmt::format("the limit of open files is {}, which leaves none for "
                                                                 "connections; {}",
                                                                 needs.limit, advice)};
  }
  log.warning(
      "the limit of open files is {}: gateway.max_connections is {}, but only about {} connections are possible, and "
      "further ones are answered 503; {}",
      needs.limit, needs.max_connections, room, advice);
  return {};
}

// The secret that signs sessions and tickets. With auth.mode none there is no need for one.
base::result<std::string> application::impl::id_secret() const {
  if (settings.auth.mode == config::auth_mode::none || !settings.auth.id_secret.empty()) return settings.auth.id_secret;
  const auto& file = settings.auth.id_secret_file;
  return gateway::read_or_make_secret(file.empty() ? settings.auth.directory / "id-secret" : file);
}

base::result<void> application::impl::start_gateway(const std::function<bool()>& give_up) {
  const auto secret = id_secret();
  if (!secret) return secret.error();
  gateway = gateway::make_gateway({.bus = *bus,
                                   .artifacts = *store,
                                   .settings = settings,
                                   .loops = *gateway_loops,
                                   .clock = clock,
                                   .metrics = metrics,
                                   .log = log,
                                   .instance = source_of(settings, "gateway"),
                                   .kinds = infos(kinds),
                                   .id_secret = *secret,
                                   .passed_sockets = passed_sockets,
                                   .connections_below = plan.connections_below,
                                   .files_below = plan.files_below,
                                   .traces = traces.get()});
  gateway_made = true;
  auto started = asio::co_spawn(gateway_loops->executor(0), gateway->start(), asio::use_future);
  // The gateway waits until the bus can be reached, however long that takes.
  while (started.wait_for(give_up_poll) == std::future_status::timeout) {
    if (give_up && give_up()) gateway->close();
  }
  if (auto listening = started.get(); !listening) return listening;
  return check_descriptors();
}

void application::impl::start_processor() {
  const auto ex = processor_loop.executor(0);
  auto options = processor_options(settings, source_of(settings, "processor"));
  options.kind_concurrency = concurrency_of(kinds);
  options.traces = traces.get();
  processor_loop.start();
  const auto begin = [&] {
    auto handlers = make_handlers(kinds, {guard_program, child_open_files, *store});
    processor = processor::make_processor(ex, std::move(options), *bus, std::move(handlers), clock, metrics, log);
    processor->start();
  };
  asio::dispatch(ex, asio::use_future(begin)).get();
  processor_made = true;
}

std::optional<std::string> application::impl::unready() const {
  if (stopping) return "draining";
  if (auto what = in_the_way.get()) return what;
  if (has(config::role::gateway)) {
    if (!gateway_made) return "the gateway is starting";
    if (auto why_not = gateway->ready()) return why_not;
  }
  if (!has(config::role::processor)) return std::nullopt;
  return processor_made ? processor->unready() : "the processor is starting";
}

void application::impl::stop() {
  if (stopping.exchange(true)) return;
  // First close the listener. Then the gateway's streams and the processor's tasks end at the same time.
  if (gateway) gateway->close();
  const auto now = steady_clock::now();
  std::vector<std::future<void>> drained;
  if (gateway) {
    drained.push_back(
        asio::co_spawn(gateway_loops->executor(0), gateway->drain(now + settings.gateway.drain), asio::use_future));
  }
  if (processor) {
    drained.push_back(
        asio::co_spawn(processor_loop.executor(0), processor->drain(now + settings.processor.drain), asio::use_future));
  }
  for (auto& d : drained) d.get();
  if (chores) {
    asio::dispatch(watch(), asio::use_future([this] { chores->cancel(); })).get();
    wait_for(watch(), chores->join());
  }
  if (management) {
    management->close();
    wait_for(watch(), management->drain(steady_clock::now() + std::chrono::seconds(1)));
  }
  for (auto* loops : {gateway_loops.get(), &processor_loop, &watch_loop}) {
    if (loops == nullptr) continue;
    loops->stop();
    loops->join();
  }
}

application::application(config::settings settings, std::filesystem::path guard_program, const base::clock& clock,
                         const base::logger& log, std::uint64_t child_open_files, std::vector<int> passed_sockets,
                         tracing::read_options traces)
    : impl_(std::make_unique<impl>(std::move(settings), std::move(guard_program), clock, log, child_open_files,
                                   std::move(passed_sockets), std::move(traces))) {}

application::~application() {
  stop();
}

base::result<void> application::start(const std::function<bool()>& give_up) {
  auto started = impl_->start(give_up);
  if (!started) stop();
  return started;
}

std::optional<std::string> application::unready() const {
  return impl_->unready();
}

void application::stop() {
  impl_->stop();
}

std::uint16_t application::gateway_port() const {
  return impl_->gateway ? impl_->gateway->port() : 0;
}

std::uint16_t application::management_port() const {
  return impl_->management ? impl_->management->port() : 0;
}

}  // namespace streamdemo::app
