// `streamdemo compare`: measures one transport after the other, with a calibration in between.
#include <fmt/format.h>

#include <streamdemo/compare/compare.hpp>
#include <streamdemo/http/client.hpp>

#include "compare/client/crowd.hpp"
#include "compare/client/waiters.hpp"
#include "compare/measure/limits.hpp"
#include "compare/measure/process_probe.hpp"
#include "compare/measure/server_process.hpp"
#include "compare/report/deliver.hpp"
#include "compare/report/report.hpp"

namespace streamdemo::compare {

namespace {

class lab {
 public:
  explicit lab(const transport_options& o) : options_(o) {}
  int run();

 private:
  base::result<void> prepare();
  bool measure_section(std::string title, const place& at, const std::string& url, int clients);
  // Keeps the lowest CPU time and delay of several rounds, because other load on the machine can only increase them.
  bool measure_again(section& s, const place& at, int clients);
  struct attempt {
    measurement seen;
    bool interrupted = false;
  };
  attempt measure(const section& s, const place& at, const transport& how, int clients);
  // Reports what is missing. False: it is useless to continue.
  bool judge(const section& s, const place& at, const attempt& one);
  struct cpu {
    std::optional<std::uint64_t> server, proxy;
    std::uint64_t own = 0;
  };
  cpu read_cpu(bool tls) const;
  static void add_cpu(measurement& m, const cpu& before, const cpu& after);
  bool measure_waiters();
  // Checks that the server answers. Error: why it does not.
  base::result<void> reach(const place& at) const;

  const transport_options& options_;
  std::vector<transport> transports_;
  std::unique_ptr<server_process> child_;
  std::optional<place> plain_, tls_;
  std::string url_;
  pid_t pid_ = 0;
  report report_;
  progress shown_;
  bool interrupted_ = false;
};

base::result<void> lab::prepare() {
  if (auto writable = check(options_.out); !writable) return writable;
  auto chosen = choose_transports(options_.transports);
  if (!chosen) return chosen.error();
  transports_ = std::move(*chosen);
  url_ = options_.url;
  pid_ = options_.pid;
  if (!options_.tls_url.empty()) {
    auto at = parse_place(options_.tls_url, options_.insecure);
    if (!at) return at.error();
    if (!at->tls) return base::error{base::errc::invalid_argument, "--tls-url must begin with https://"};
    tls_ = std::move(*at);
  }
  if (url_.empty() && tls_) {
    return base::error{base::errc::invalid_argument, "--tls-url needs --url: the same server without TLS"};
  }
  if (url_.empty()) {
    shown_.step("starting a server");
    // Run the tasks of all clients at once: the transports are to be compared, not the queue of waiting tasks.
    auto started =
        server_process::start(options_.program, {fmt::format("processor.concurrency={}", options_.clients + 1)});
    if (!started) return started.error();
    child_ = std::move(*started);
    url_ = child_->url();
    pid_ = child_->pid();
  }
  auto at = parse_place(url_, options_.insecure);
  if (!at) return at.error();
  plain_ = std::move(*at);
  if (auto there = reach(*plain_); !there) return there;
  return tls_ ? reach(*tls_) : base::result<void>();
}

base::result<void> lab::reach(const place& at) const {
  base::result<void> out;
  const auto ask = [&](lone_loop& loop) -> base::awaitable<void> {
    const auto c = at.client(loop.ex);
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(5);
    std::vector<http::field> none;
    const auto answer = co_await c->send(http::verb::get, "/api/kinds", std::move(none), {}, limit);
    out = answer ? base::result<void>() : base::result<void>(answer.error());
  };
  if (auto ran = run_alone(ask); !ran) return ran;
  return out;
}

lab::cpu lab::read_cpu(bool tls) const {
  return {.server = pid_ > 0 ? cpu_ns(pid_) : std::nullopt,
          .proxy = tls && options_.proxy_pid > 0 ? cpu_ns(options_.proxy_pid) : std::nullopt,
          .own = own_cpu_ns()};
}

void lab::add_cpu(measurement& m, const cpu& before, const cpu& after) {
  if (m.delivered == 0) return;
  // No number if the process has ended, or if its id belongs to another process now.
  const auto per_result = [&](std::optional<std::uint64_t> from, std::optional<std::uint64_t> to) {
    if (!from || !to || *to < *from) return std::optional<double>();
    return std::optional(static_cast<double>(*to - *from) / 1000.0 / static_cast<double>(m.delivered));
  };
  m.server_cpu_us = per_result(before.server, after.server);
  m.proxy_cpu_us = per_result(before.proxy, after.proxy);
  m.client_cpu_us = per_result(before.own, after.own);
}

lab::attempt lab::measure(const section& s, const place& at, const transport& how, int clients) {
  report_.calibration.look();
  const auto before = read_cpu(s.tls);
  const auto apart = out_of_step(clients, std::chrono::milliseconds(s.shape.interval_ms));
  auto result = run_crowd(at, how, s.shape, clients, shown_, {.spread_over = apart, .beside = {}});
  const auto after = read_cpu(s.tls);
  bool interrupted = result.interrupted;
  if (how.method == method::nobody && !interrupted) interrupted = !look_afterwards(at, result.seen).has_value();
  attempt out{.seen = sum_up(how, result.seen, s.shape, at.same_machine()), .interrupted = interrupted};
  out.seen.submit_wire = result.submit_wire;
  add_cpu(out.seen, before, after);
  return out;
}

bool lab::judge(const section& s, const place& at, const attempt& one) {
  const auto& m = one.seen;
  if (one.interrupted) {
    interrupted_ = true;
    report_.problems.push_back(fmt::format("{}: you stopped it while '{}' was measured", s.title, m.transport.label));
    return false;
  }
  if (m.complete == m.clients) return true;
  const auto why = m.failure.empty() ? "results were missing" : m.failure;
  if (reach(at)) {
    report_.problems.push_back(fmt::format("{}, {}: {} of {} clients got everything ({})", s.title, m.transport.label,
                                           m.complete, m.clients, why));
    return true;
  }
  report_.problems.push_back(fmt::format(
      "{}: the server could not be reached any more while '{}' was measured ({}); earlier measurements are valid, "
      "and nothing was measured after it",
      s.title, m.transport.label, why));
  return false;
}

bool lab::measure_again(section& s, const place& at, int clients) {
  for (int round = 2; round <= options_.rounds; ++round) {
    // Alternate the direction, so that periodic load on the machine does not always hit the same row.
    for (std::size_t i = 0; i < s.rows.size(); ++i) {
      auto& row = s.rows[round % 2 == 0 ? s.rows.size() - 1 - i : i];
      shown_.step(fmt::format("{}, round {} of {}: {}", s.title, round, options_.rounds, row.transport.label));
      const auto again = measure(s, at, row.transport, clients);
      if (!judge(s, at, again)) return false;
      keep_least(row, again.seen);
    }
  }
  return true;
}

bool lab::measure_section(std::string title, const place& at, const std::string& url, int clients) {
  report_.sections.push_back({.title = std::move(title),
                              .place = url,
                              .tls = at.tls != nullptr,
                              .shape = {.results = options_.results,
                                        .interval_ms = options_.interval_ms,
                                        .payload_bytes = options_.payload_bytes},
                              .rows = {}});
  auto& s = report_.sections.back();
  int n = 0;
  for (const auto& how : transports_) {
    shown_.step(fmt::format("{} [{}/{}] {}", s.title, ++n, transports_.size(), how.label));
    auto one = measure(s, at, how, clients);
    const bool on = judge(s, at, one);
    s.rows.push_back(std::move(one.seen));
    if (!on) return false;
  }
  // A single client gives too few results for repeated rounds to be worth it.
  return clients == 1 || measure_again(s, at, clients);
}

bool lab::measure_waiters() {
  if (options_.memory_clients <= 0) return true;
  if (!child_) {
    return true;  // only possible for a server that this program starts; the table shows "not measured"
  }
  auto& rows = report_.sections.front().rows;
  for (auto& m : rows) {
    if (m.transport.method == method::nobody) continue;
    shown_.step(fmt::format("memory with {} waiting clients: {}", options_.memory_clients, m.transport.label));
    report_.calibration.look();
    const auto bytes = server_bytes_per_waiter(options_.program, m.transport, options_.memory_clients);
    if (bytes) {
      m.bytes_per_waiter = *bytes;
      report_.waiters = static_cast<std::size_t>(options_.memory_clients);
      continue;
    }
    report_.problems.push_back(
        fmt::format("memory per client that waits over {}: {}", m.transport.label, bytes.error().message));
    interrupted_ = bytes.error().code == base::errc::canceled;
    if (interrupted_) return false;
  }
  return true;
}

int lab::run() {
  raise_file_limit();
  report_.machine = this_machine();
  report_.command_line = options_.command_line;
  if (auto ready = prepare(); !ready) {
    shown_.done();
    fmt::print(stderr, "streamdemo compare: {}\n", ready.error().message);
    return ready.error().code == base::errc::invalid_argument ? 2 : 1;
  }
  bool on = measure_section("One client", *plain_, url_, 1);
  if (on && options_.clients > 1) {
    on = measure_section(fmt::format("{} clients", options_.clients), *plain_, url_, options_.clients);
  }
  if (on && tls_) {
    on = measure_section("One client, TLS through the proxy", *tls_, options_.tls_url, 1) &&
         (options_.clients <= 1 || measure_section(fmt::format("{} clients, TLS through the proxy", options_.clients),
                                                   *tls_, options_.tls_url, options_.clients));
  }
  if (on) on = measure_waiters();
  report_.calibration.look();
  shown_.done();
  if (!deliver(report_, options_.out)) return 1;
  if (interrupted_) return 130;
  return report_.complete() ? 0 : 1;
}

}  // namespace

int compare_transports(const transport_options& o) {
  return lab(o).run();
}

}  // namespace streamdemo::compare
