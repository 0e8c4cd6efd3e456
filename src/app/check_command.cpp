#include "app/check_command.hpp"

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdio>
#include <streamdemo/base/json.hpp>
#include <streamdemo/base/metrics.hpp>
#include <streamdemo/bus/kafka.hpp>
#include <streamdemo/check/check.hpp>

#include "app/module_options.hpp"
#include "app/topics.hpp"

namespace streamdemo::app {

namespace {

int cannot_check(std::string_view why) {
  fmt::print(stderr, "streamdemo: {}\n", why);
  return 2;
}

void print(const check::report& r) {
  for (const auto& text : r.wrong) fmt::print("WRONG: {}.\n", text);
  for (const auto& text : r.notes) fmt::print("note: {}.\n", text);
  fmt::print("{} of {} tasks ended, with {} results: {}\n", r.ended, r.tasks, r.results,
             r.wrong.empty() ? "nothing is wrong" : fmt::format("{} thing(s) to mend", r.wrong.size()));
}

base::awaitable<base::result<check::report>> try_it(bus::bus& b, const base::clock& clock, check::options o,
                                                    const config::settings& settings, const base::logger& log,
                                                    base::executor ex) {
  if (auto topics = co_await b.ensure_topics(topics_of(settings)); !topics) co_return topics.error();
  co_return co_await check::check_processor(b, clock, std::move(o), log, ex);
}

}  // namespace

void add_check_command(CLI::App& check, check_command& c) {
  check.add_option("kind", c.kind, "The kind of its tasks")->required();
  check.add_option("--payload", c.payload, "The JSON payload of the tasks; the default is {}");
  check.add_option("--wrong-payload", c.wrong_payload, "Of one more task, which the processor must end as failed");
  check.add_option("--tasks", c.tasks, "How many; the default is one for each partition");
  check.add_option("--patience", c.patience_s, "After so many seconds without a record it gives up; the default is 60");
}

int run_check_command(const check_command& c, const config::settings& settings) {
  if (settings.bus != config::bus_kind::kafka) {
    return cannot_check(
        "no other program can reach the in-process bus: say --bus kafka, and where its brokers are "
        "(kafka.brokers)");
  }
  for (const auto* text : {&c.payload, &c.wrong_payload}) {
    if (!text->empty() && !base::is_json(*text)) return cannot_check(fmt::format("{} is no JSON", *text));
  }
  const auto own = settings.tasks.request_topics.find(c.kind);
  check::options o{.kind = c.kind,
                   .payload = c.payload,
                   .wrong_payload = std::nullopt,
                   .tasks = c.tasks,
                   .patience = std::chrono::seconds(c.patience_s),
                   .request_topic = own == settings.tasks.request_topics.end() ? settings.topics.request : own->second,
                   .response_topic = settings.topics.response,
                   .partitions = settings.topics.partitions};
  if (!c.wrong_payload.empty()) o.wrong_payload = c.wrong_payload;

  const base::system_clock clock;
  const base::logger log("check-processor", base::log_level::warning);
  base::metrics metrics;
  auto b = bus::make_kafka_bus(kafka_options(settings), metrics, log);
  if (!b) return cannot_check(b.error().message);
  asio::io_context loop{1};
  std::optional<base::result<check::report>> done;
  asio::co_spawn(loop, try_it(**b, clock, std::move(o), settings, log, loop.get_executor()),
                 [&](std::exception_ptr why, base::result<check::report> r) {
                   if (why) std::rethrow_exception(why);
                   done = std::move(r);
                 });
  loop.run();
  if (!*done) return cannot_check(done->error().message);
  print(**done);
  return (*done)->wrong.empty() ? 0 : 1;
}

}  // namespace streamdemo::app
