#include "compare/buses/deployment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/redirect_error.hpp>
#include <streamdemo/base/id.hpp>
#include <streamdemo/base/notifier.hpp>

#include "compare/client/crowd.hpp"
#include "compare/measure/process_probe.hpp"

namespace streamdemo::compare {

namespace {

constexpr auto longest_warm_up = std::chrono::seconds(60);
constexpr int tasks_a_worker = 8;
const task_shape one_result{.results = 1, .interval_ms = 0};

std::vector<std::string> common_settings(const plan& p) {
  auto out = p.bus.settings;
  // One more, because one slot is left for other kinds.
  out.push_back(fmt::format("processor.concurrency={}", p.concurrency + 1));
  return out;
}

}  // namespace

std::vector<std::string> part_settings(const plan& p, const std::string& topic_prefix, const std::string& role,
                                       const std::string& name) {
  auto out = common_settings(p);
  for (const auto& own :
       {"role=" + role, "instance.name=" + name, fmt::format("topics.request={}-request", topic_prefix),
        fmt::format("topics.response={}-response", topic_prefix),
        fmt::format("topics.dead_letter={}-dead-letter", topic_prefix), fmt::format("topics.group={}", topic_prefix)}) {
    out.push_back(own);
  }
  return out;
}

base::result<std::unique_ptr<deployment>> deployment::start(const std::filesystem::path& program, const plan& p) {
  auto made = std::make_unique<deployment>();
  const auto start_one = [&](std::vector<std::string> settings) {
    return server_process::start(program, settings, p.config_text);
  };
  const auto prefix = "streamdemo-lab-" + base::random_id().substr(0, 8);
  auto gateway = start_one(p.bus.one_process ? common_settings(p) : part_settings(p, prefix, "gateway", "gateway"));
  if (!gateway) return gateway.error();
  made->gateway_ = std::move(*gateway);
  for (int i = 0; !p.bus.one_process && i < p.processors; ++i) {
    auto worker = start_one(part_settings(p, prefix, "processor", made->worker_name(static_cast<std::size_t>(i))));
    if (!worker) return worker.error();
    made->workers_.push_back(std::move(*worker));
  }
  auto at = parse_place(made->gateway_->url(), false);
  if (!at) return at.error();
  made->at_ = std::move(*at);
  return made;
}

base::result<void> deployment::warm_up(progress& shown) {
  const transport sse{"sse", "SSE", method::sse};
  const int clients = tasks_a_worker * static_cast<int>(std::max<std::size_t>(1, workers_.size()));
  std::vector<bool> worked(workers_.size(), false);
  const auto end = std::chrono::steady_clock::now() + longest_warm_up;
  do {
    const auto round = run_crowd(at_, sse, one_result, clients, shown, {});
    if (round.interrupted) return base::error{base::errc::canceled, "you stopped it"};
    for (const auto& seen : round.seen) {
      if (!seen.failure.empty()) return base::error{base::errc::unavailable, seen.failure};
      for (std::size_t i = 0; i < worked.size(); ++i) {
        worked[i] = worked[i] || (!seen.results().empty() && seen.results().front().source == worker_name(i));
      }
    }
    if (std::all_of(worked.begin(), worked.end(), [](bool w) { return w; })) return {};
  } while (std::chrono::steady_clock::now() < end);
  return base::error{base::errc::unavailable,
                     fmt::format("not every processor had work within {} s", longest_warm_up.count())};
}

std::optional<std::uint64_t> deployment::cpu() const {
  return sum_of(cpu_ns);
}

std::optional<std::uint64_t> deployment::memory() const {
  return sum_of(anonymous_bytes);
}

std::optional<std::uint64_t> deployment::sum_of(std::optional<std::uint64_t> (*used)(pid_t)) const {
  auto sum = used(gateway_->pid());
  for (const auto& w : workers_) {
    const auto one = used(w->pid());
    sum = sum && one ? std::optional(*sum + *one) : std::nullopt;
  }
  return sum;
}

std::string deployment::worker_name(std::size_t i) const {
  return fmt::format("processor-{}", i + 1);
}

namespace {

// Tries to connect to each address of a name, one after the other.
base::awaitable<void> knock(base::executor ex, const place& at, bool& found) {
  using resolver_type = asio::ip::basic_resolver<asio::ip::tcp, base::executor>;
  boost::system::error_code ec;
  resolver_type resolver(ex);
  const auto ends =
      co_await resolver.async_resolve(at.host, std::to_string(at.port), asio::redirect_error(base::use_awaitable, ec));
  for (auto end = ends.begin(); !ec && !found && end != ends.end(); ++end) {
    base::tcp_socket socket(ex);
    boost::system::error_code refused;
    co_await socket.async_connect(end->endpoint(), asio::redirect_error(base::use_awaitable, refused));
    found = !refused;
  }
}

}  // namespace

bool reachable(const std::string& brokers) {
  bool found = false;
  for (std::string_view rest = brokers; !rest.empty() && !found;) {
    const auto comma = rest.find(',');
    const auto at = parse_place("http://" + std::string(rest.substr(0, comma)), false);
    rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
    if (!at) continue;
    const auto for_a_second = [&](lone_loop& loop) -> base::awaitable<void> {
      using namespace asio::experimental::awaitable_operators;
      co_await (knock(loop.ex, *at, found) || base::sleep_for(std::chrono::seconds(1)));
    };
    if (!run_alone(for_a_second)) return false;
  }
  return found;
}

}  // namespace streamdemo::compare
