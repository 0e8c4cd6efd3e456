#include <streamdemo/base/partition.hpp>
#include <streamdemo/task/offer.hpp>

#include "support/kept_spans.hpp"
#include "unit/gateway/gateway_fixture.hpp"
#include "unit/gateway/on_loop.hpp"

using namespace streamdemo;
using namespace streamdemo::gateway;
using namespace streamdemo::gateway::testing;
using base::errc;
using task::message_type;
using task::status;
using namespace std::chrono_literals;

namespace {

std::optional<message_type> type_of(const base::record& r) {
  return task::parse_ce_type(r.header_value("ce_type").value_or(""));
}

std::size_t count(const std::vector<base::record_ptr>& all, message_type type) {
  return static_cast<std::size_t>(std::count_if(all.begin(), all.end(), [&](auto& r) { return type_of(*r) == type; }));
}

base::record_ptr record_of(bus_fixture& w, const std::string& topic, const std::string& key) {
  for (auto& r : w.everything(topic)) {
    if (r->key == key) return r;
  }
  throw std::runtime_error("there is none of " + key + " in " + topic);
}

faulty_bus::hook failing(message_type type, errc code, bool written = false) {
  return [=](const base::record& r, auto) -> std::optional<fault> {
    if (type_of(r) != type) return std::nullopt;
    return fault{{code, "as the test says"}, written};
  };
}

// What becomes of the file of a submission.
struct upload_fate {
  bool kept = false;
  bool gone = false;
};

class watched_upload final : public artifacts::upload {
 public:
  explicit watched_upload(std::shared_ptr<upload_fate> f) : fate_(std::move(f)) {}
  ~watched_upload() override { fate_->gone = true; }
  base::awaitable<base::result<void>> write(std::string_view) override { co_return base::result<void>{}; }
  base::awaitable<base::result<void>> commit() override { co_return base::result<void>{}; }
  void keep() noexcept override { fate_->kept = true; }
  std::uint64_t size() const override { return 0; }

 private:
  std::shared_ptr<upload_fate> fate_;
};

// True: the file stays.
bool keeps_file(gateway_fixture& s, submission what) {
  const auto fate = std::make_shared<upload_fate>();
  what.input = std::make_shared<watched_upload>(fate);
  s.submit(std::move(what));
  CHECK(fate->gone);
  return fate->kept;
}

}  // namespace

TEST_CASE("a submission's upload stays if a request that names it may be in the log, and in no other case") {
  for (const auto& key : {std::string(), std::string("order-1")}) {
    CAPTURE(key);
    bus_fixture w;
    w.settings.gateway.publish_timeout = base::milliseconds(300);
    gateway_fixture s(w, "gateway/1");
    for (const auto code : {errc::full, errc::unavailable, errc::timed_out, errc::not_found, errc::closed}) {
      CAPTURE(base::to_string(code));
      w.bus.on_publish = failing(message_type::accepted, code);
      CHECK_FALSE(keeps_file(s, s.example(key)));
    }
    w.bus.on_publish = failing(message_type::submitted, errc::unavailable);
    CHECK_FALSE(keeps_file(s, s.example(key)));
    w.bus.on_publish = failing(message_type::submitted, errc::timed_out, true);
    CHECK(keeps_file(s, s.example(key)));
    w.bus.on_publish = nullptr;
    CHECK(keeps_file(s, s.example(key)));
    if (key.empty()) continue;
    CHECK_FALSE(keeps_file(s, s.example(key)));               // a repetition
    CHECK_FALSE(keeps_file(s, s.example(key, "{\"a\":1}")));  // with another content
  }
}

TEST_CASE("a request says whether its trace is recorded; what the gateways read names it only if it is") {
  bus_fixture w;
  gateway_fixture s(w, "gateway/1");
  for (const auto parent : {test::sampled_parent, test::unsampled_parent}) {
    auto what = s.example();
    what.traceparent = std::string(parent);
    what.tracestate = "a=b";
    const auto id = what.request_id;
    REQUIRE(s.submit(std::move(what)).has_value());
    const auto request = record_of(w, "request", id);
    CHECK(request->header_value("traceparent") == parent);
    CHECK(request->header_value("tracestate") == "a=b");
    const auto accepted = record_of(w, "response", id);
    CHECK(accepted->header_value("traceparent").has_value() == (parent == test::sampled_parent));
    CHECK(accepted->header_value("tracestate").has_value() == (parent == test::sampled_parent));
  }
}

TEST_CASE("a submission that is refused before anything is written keeps no upload") {
  bus_fixture w;
  w.settings.gateway.max_tasks = 1;
  gateway_fixture s(w, "gateway/1");
  REQUIRE(s.submit(s.example()).has_value());
  CHECK_FALSE(keeps_file(s, s.example()));
  s.service->close();
  CHECK_FALSE(keeps_file(s, s.example("key")));
}

TEST_CASE("a submitted task is accepted in the log, then requested, in the same partition number") {
  bus_fixture w;
  gateway_fixture s(w, "gateway/1");
  const auto done = s.submit(s.example());
  REQUIRE(done.has_value());
  CHECK_FALSE(done->repeated);
  const auto view = done->history->view();
  CHECK(view.request_id == done->request_id);
  CHECK(view.status == status::queued);
  CHECK(view.expiry == epoch + w.settings.tasks.default_deadline);
  const auto responses = w.everything("response"), requests = w.everything("request");
  REQUIRE(responses.size() == 1);
  REQUIRE(requests.size() == 1);
  CHECK(type_of(*responses[0]) == message_type::accepted);
  CHECK(type_of(*requests[0]) == message_type::submitted);
  CHECK(requests[0]->partition == responses[0]->partition);
  CHECK(requests[0]->key == done->request_id);
}

TEST_CASE("where the bus can, a task without a key is accepted and requested with one write") {
  bus_fixture w;
  std::size_t singly = 0, together = 0;
  w.bus.on_publish = [&](const auto&, auto) -> std::optional<fault> {
    ++singly;
    return std::nullopt;
  };
  w.bus.on_together = [&]() -> std::optional<fault> {
    ++together;
    return std::nullopt;
  };
  gateway_fixture s(w, "gateway/1");
  REQUIRE(s.submit(s.example()).has_value());
  CHECK(together == 1);
  CHECK(singly == 0);
  const auto responses = w.everything("response"), requests = w.everything("request");
  REQUIRE(responses.size() == 1);
  REQUIRE(requests.size() == 1);
  CHECK(requests[0]->partition == responses[0]->partition);
  CHECK(requests[0]->value == s.example().payload);
  REQUIRE(s.submit(s.example("a key")).has_value());
  CHECK(together == 1);
  CHECK(singly == 2);
}

TEST_CASE("where there is no room for both records at once, each waits for its own") {
  bus_fixture w;
  w.bus.on_together = [] { return std::optional(fault{{errc::full, "as the test says"}}); };
  gateway_fixture s(w, "gateway/1");
  REQUIRE(s.submit(s.example()).has_value());
  const auto requests = w.everything("request");
  REQUIRE(requests.size() == 1);
  CHECK(requests[0]->value == s.example().payload);
  CHECK(keeps_file(s, s.example()));
}

TEST_CASE("a task whose one write failed is ended if it may be in the log, and keeps its upload then") {
  for (const auto code : {errc::unavailable, errc::timed_out}) {
    CAPTURE(base::to_string(code));
    bus_fixture w;
    const bool may_be = code == errc::timed_out;
    w.bus.on_together = [&] { return std::optional(fault{{code, "as the test says"}, may_be}); };
    gateway_fixture s(w, "gateway/1");
    CHECK(keeps_file(s, s.example()) == may_be);
    CHECK(count(w.everything("response"), message_type::ended) == (may_be ? 1 : 0));
  }
}

TEST_CASE("a deadline is at most tasks.max_deadline, and a kind may have a request topic of its own") {
  bus_fixture w;
  w.settings.tasks.request_topics["ocr"] = "request.ocr";
  REQUIRE(w.run(w.bus.ensure_topics(topics_for(w.settings))).has_value());
  gateway_fixture s(w, "gateway/1");
  auto ocr = s.example();
  ocr.kind = "ocr";
  ocr.deadline = 1000h;
  const auto done = s.submit(ocr);
  REQUIRE(done.has_value());
  CHECK(done->history->view().expiry == epoch + w.settings.tasks.max_deadline);
  CHECK(w.everything("request.ocr").size() == 1);
  CHECK(w.everything("request").empty());
}

TEST_CASE("the same idempotency key is the same task at every gateway; another payload is a conflict") {
  bus_fixture w;
  gateway_fixture one(w, "gateway/1"), two(w, "gateway/2");
  const auto first = one.submit(one.example("key"));
  const auto again = one.submit(one.example("key"));
  const auto elsewhere = two.submit(two.example("key"));
  REQUIRE(first.has_value());
  REQUIRE(again.has_value());
  REQUIRE(elsewhere.has_value());
  CHECK_FALSE(first->repeated);
  CHECK(again->repeated);
  CHECK(elsewhere->repeated);
  CHECK(elsewhere->request_id == first->request_id);
  CHECK(one.submit(one.example("key", "[]")).error().code == errc::conflict);
  CHECK(two.submit(two.example("key", "[]")).error().code == errc::conflict);
  CHECK(two.submit(two.example("other key", "[]"))->request_id != first->request_id);
  // The second gateway never saw an acknowledgement of the request, so it sent it once more; the first did not.
  CHECK(w.everything("request").size() == 3);
}

TEST_CASE("two gateways that are given one key at once agree on one task") {
  bus_fixture w;
  gateway_fixture one(w, "gateway/1"), two(w, "gateway/2");
  for (int i = 0; i < 20; ++i) {
    const auto key = "key " + std::to_string(i);
    std::vector<base::result<accepted_task>> done;
    const auto submit = [&](gateway_fixture& s, const std::string& payload) {
      asio::co_spawn(w.loops.executor(0), s.service->submit(s.example(key, payload)),
                     [&](std::exception_ptr, base::result<accepted_task> r) { done.push_back(std::move(r)); });
    };
    submit(one, "1");
    submit(two, "2");
    submit(one, "1");
    submit(two, "1");
    w.turn_until([&] { return done.size() == 4; });
    const auto id = one.example(key).request_id;
    const auto a = one.all->find(id), b = two.all->find(id);
    REQUIRE(a);
    REQUIRE(b);
    CHECK(a->view().payload_hash == b->view().payload_hash);
    CHECK(a->read(0, 10, 1000).events[0]->json() == b->read(0, 10, 1000).events[0]->json());
    const auto conflicts = std::count_if(done.begin(), done.end(), [](auto& r) { return r.has_error(); });
    CHECK(conflicts == (a->view().payload_hash == "1" ? 1 : 3));
    for (const auto& r : done) CHECK((r.has_value() || r.error().code == errc::conflict));
  }
}

TEST_CASE("repetitions of a key don't queue up behind a bus that is stuck") {
  bus_fixture w;
  w.settings.gateway.publish_timeout = 200ms;
  gateway_fixture s(w, "gateway/1");
  int tried = 0;
  w.bus.on_publish = [&](const base::record&, auto) -> std::optional<fault> {
    ++tried;
    return fault{{errc::timed_out, "as the test says"}, false, true};
  };
  constexpr int repetitions = 20;
  int done = 0;
  for (int i = 0; i < repetitions; ++i) {
    asio::co_spawn(w.loops.executor(0), s.service->submit(s.example("key")),
                   [&](std::exception_ptr, base::result<accepted_task> r) {
                     ++done;
                     CHECK(r.error().code == errc::timed_out);
                   });
  }
  w.turn_until([&] { return done == repetitions; });
  // One after the other takes a publish_timeout each; who has waited for two of them is told to come again.
  CHECK(tried < repetitions / 2);
}

TEST_CASE("a task that has started needs no request any more") {
  bus_fixture w;
  gateway_fixture one(w, "gateway/1"), two(w, "gateway/2");
  const auto id = one.submit(one.example("key"))->request_id;
  w.write(w.out.started(id, "run"));
  two.wait_for(id, status::running);
  CHECK(two.submit(two.example("key")).has_value());
  CHECK(w.everything("request").size() == 1);
}

TEST_CASE("a key whose gateway died before it sent the request is served, however late its client comes again") {
  bus_fixture w;
  const auto key = [&] {
    gateway_fixture dies(w, "gateway/1");
    const auto s = dies.example("key");
    w.bus.on_publish = failing(message_type::submitted, errc::unavailable);
    CHECK(dies.submit(s).error().code == errc::unavailable);
    w.bus.on_publish = nullptr;
    return s;
  }();
  CHECK(w.everything("request").empty());
  gateway_fixture lives(w, "gateway/2");
  w.clock.advance(10 * w.settings.processor.recovery_margin);
  const auto again = lives.submit(key);
  REQUIRE_MESSAGE(again.has_value(), again.error().message);
  CHECK(again->repeated);
  const auto requests = w.everything("request");
  REQUIRE(requests.size() == 1);
  // It says where a processor finds the `accepted`, which is older than the margin that is read back otherwise.
  const auto m = task::decode(*requests[0]).value();
  CHECK(m.accepted_at == epoch);
  CHECK(m.expiry == again->history->view().expiry);
  // Once more is known to be needless.
  CHECK(lives.submit(key).has_value());
  CHECK(w.everything("request").size() == 1);
}

TEST_CASE("a request says where the first accepted of its task is") {
  bus_fixture w;
  gateway_fixture one(w, "gateway/1");
  auto s = one.example();
  std::size_t written = 1;
  const auto another = w.bus.make_producer(w.loops.executor(0));
  SUBCASE("without a key it is this gateway's own") {}
  SUBCASE("with a key it is read back") {
    s = one.example("key");
  }
  SUBCASE("and may be another's, which came first") {
    s = one.example("key");
    w.bus.on_publish = [&](const base::record& r, auto) -> std::optional<fault> {
      if (type_of(r) == message_type::accepted && written++ == 1) {
        another->publish(*w.out.accepted(s.request_id, s.payload_hash), std::nullopt, [](auto) {});
      }
      return std::nullopt;
    };
  }
  REQUIRE(one.submit(s).has_value());
  const auto requests = w.everything("request");
  REQUIRE(requests.size() == 1);
  const auto named = task::decode(*requests[0]).value().accepted_offset;
  const auto log = w.everything("response");
  REQUIRE(named.has_value());
  CHECK(*named == 0);
  REQUIRE(!log.empty());
  CHECK(type_of(*log[0]) == message_type::accepted);
  CHECK(std::ranges::count(log, s.request_id, [](const auto& r) { return r->key; }) == (written > 1 ? 2 : 1));
}

TEST_CASE("the request of a task without a key is sent within half the recovery margin, or not at all") {
  bus_fixture w;
  gateway_fixture one(w, "gateway/1");
  w.settings.processor.recovery_margin = 200ms;
  const auto begin = std::chrono::steady_clock::now();
  std::optional<base::steady_time> request_by;
  w.bus.on_publish = [&](const base::record& r, auto deadline) -> std::optional<fault> {
    if (type_of(r) == message_type::submitted) request_by = deadline;
    return std::nullopt;
  };
  static_cast<void>(one.submit(one.example()));
  REQUIRE(request_by.has_value());
  // Less than publish_timeout: bounded by the margin, counted from before `accepted` was written.
  CHECK(*request_by - begin < w.settings.gateway.publish_timeout);
}

TEST_CASE("a task whose request was refused is not left behind") {
  bus_fixture w;
  gateway_fixture s(w, "gateway/1");
  const auto refused = s.example();
  w.bus.on_publish = failing(message_type::submitted, errc::full);
  CHECK(s.submit(refused).error().code == errc::full);
  s.wait_for(refused.request_id, status::canceled);

  const auto unsure = s.example();
  w.bus.on_publish = failing(message_type::submitted, errc::timed_out, true);
  CHECK(s.submit(unsure).error().code == errc::timed_out);
  s.wait_for(unsure.request_id, status::canceled);
}

TEST_CASE("a task of an idempotency key survives a refused request: the client comes again") {
  bus_fixture w;
  gateway_fixture s(w, "gateway/1");
  w.bus.on_publish = failing(message_type::submitted, errc::full);
  CHECK(s.submit(s.example("key")).error().code == errc::full);
  w.bus.on_publish = nullptr;
  const auto again = s.submit(s.example("key"));
  REQUIRE(again.has_value());
  CHECK(again->history->view().status == status::queued);
  CHECK(w.everything("request").size() == 1);
}

TEST_CASE("what the bus does not take is an error, and no record is left") {
  bus_fixture w;
  gateway_fixture s(w, "gateway/1");
  w.bus.on_publish = failing(message_type::accepted, errc::unavailable);
  CHECK(s.submit(s.example()).error().code == errc::unavailable);
  // A topic that somebody deleted: the client did nothing wrong, and may come again.
  w.bus.on_publish = failing(message_type::accepted, errc::not_found);
  CHECK(s.submit(s.example()).error().code == errc::unavailable);
  w.bus.on_publish = failing(message_type::accepted, errc::timed_out, true);
  const auto unsure = s.example();
  CHECK(s.submit(unsure).error().code == errc::timed_out);
  s.wait_for(unsure.request_id, status::canceled);
  auto large = s.example();
  large.payload.assign(w.settings.processor.max_record_bytes + 1, 'x');
  CHECK(s.submit(large).error().code == errc::too_large);
  CHECK(w.everything("request").empty());
  CHECK(s.all->open_tasks() == 0);
}

TEST_CASE("a gateway that lags behind the log takes tasks all the same, ends none, and counts them") {
  bus_fixture w;
  w.settings.gateway.publish_timeout = base::milliseconds(100);
  w.settings.gateway.max_tasks = 2;
  gateway_fixture lags(w, "gateway/1");
  lags.follower.close();
  const auto task = lags.example();
  const auto done = lags.submit(task);
  REQUIRE_MESSAGE(done.has_value(), done.error().message);
  CHECK(done->request_id == task.request_id);
  CHECK_FALSE(done->history);
  CHECK(lags.service->owner_of_unread(task.request_id));
  CHECK_FALSE(lags.service->owner_of_unread("another"));
  CHECK(w.everything("request").size() == 1);
  CHECK(lags.submit(lags.example()).has_value());
  CHECK(lags.submit(lags.example()).error().code == errc::full);
  // For everybody else it is a task like any other, which nobody has ended.
  gateway_fixture keeps_up(w, "gateway/2");
  CHECK(keeps_up.status(task.request_id) == status::queued);
  // Read at last, it is counted by its history.
  const auto log = w.everything("response");
  lags.all->apply(log);
  CHECK_FALSE(lags.service->owner_of_unread(task.request_id));
  CHECK(lags.all->open_tasks() == 2);
}

TEST_CASE("tasks go to the processor that says it has free slots, and no more of them than it has") {
  bus_fixture w;
  gateway_fixture s(w, "gateway/1");
  const auto placed = [&](const std::string& why) {
    const auto text = w.metrics.expose();
    const auto line = "\nstreamdemo_tasks_placed_total{why=\"" + why + "\"} ";
    const auto at = text.find(line);
    return at == std::string::npos ? 0 : std::stoi(text.substr(at + line.size()));
  };
  const auto tell = [&](const std::string& source, std::uint32_t free, std::vector<std::int32_t> partitions) {
    task::offer o;
    o.slots = {free, 0};
    o.kinds["simulate"] = {free, 0};
    o.partitions["request"] = std::move(partitions);
    auto m = w.out.message(message_type::alive, "", task::offer_payload(o));
    m.source = source;
    w.write(w.out.record(m));
  };
  const auto read_what_is_there = [&] {
    for (const auto& r : w.everything("response")) {
      REQUIRE(w.run(s.follower.has_folded(r->partition, r->offset + 1, std::chrono::steady_clock::now() + 5s)));
    }
  };
  REQUIRE(s.submit(s.example()).has_value());
  CHECK(placed("unknown") == 1);
  w.clock.advance(3s);
  w.write(w.out.record(w.out.message(message_type::alive, "", "not an offer")));
  tell("p/1", 3, {0, 1, 2});
  tell("p/2", 0, {3});
  read_what_is_there();
  std::vector<std::string> ids;
  for (int i = 0; i < 3; ++i) {
    const auto done = s.submit(s.example());
    REQUIRE(done.has_value());
    ids.push_back(done->request_id);
    CHECK(base::partition_for(ids.back(), 4) != 3);
  }
  CHECK(placed("free_slot") == 3);
  // One that is refused gives its slot back at once.
  REQUIRE(w.run(s.service->cancel(ids[0])).has_value());
  w.bus.on_publish = failing(message_type::accepted, errc::unavailable);
  CHECK_FALSE(s.submit(s.example()).has_value());
  w.bus.on_publish = nullptr;
  CHECK(s.submit(s.example()).has_value());
  CHECK(placed("free_slot") == 5);
  CHECK(s.submit(s.example()).has_value());
  CHECK(placed("free_slot") == 5);
}

TEST_CASE("over gateway.max_tasks new tasks are refused until one has ended") {
  bus_fixture w;
  w.settings.gateway.max_tasks = 2;
  gateway_fixture s(w, "gateway/1");
  const auto first = s.submit(s.example("key"));
  REQUIRE(first.has_value());
  REQUIRE(s.submit(s.example()).has_value());
  CHECK(s.submit(s.example()).error().code == errc::full);
  CHECK(s.submit(s.example("key")).has_value());
  REQUIRE(w.run(s.service->cancel(first->request_id)).has_value());
  CHECK(s.submit(s.example()).has_value());
}

TEST_CASE("where no further task can be remembered new ones are refused, and repeated keys are not") {
  bus_fixture w;
  gateway_fixture s(w, "gateway/1", 64 * 1024);
  const auto first = s.example("key");
  REQUIRE(s.submit(first).has_value());
  REQUIRE(w.run(s.service->cancel(first.request_id)).has_value());
  base::result<accepted_task> done = base::error{errc::closed, ""};
  int more = 0;
  for (;; ++more) {
    REQUIRE(more < 10'000);
    const auto next = s.example();
    done = s.submit(next);
    if (done.has_error()) break;
    REQUIRE(w.run(s.service->cancel(next.request_id)).has_value());
  }
  CHECK(more > 50);
  CHECK(done.error().code == errc::full);
  CHECK(s.submit(s.example("another key")).error().code == errc::full);
  // Its events were let go long ago, its id was not: it is told as what it is, and no second `accepted` is written.
  REQUIRE_FALSE(s.all->find(first.request_id));
  const auto records = w.everything("response").size();
  const auto again = s.submit(first);
  REQUIRE_MESSAGE(again.has_value(), again.error().message);
  CHECK(again->repeated);
  CHECK(again->history->view().status == status::canceled);
  CHECK(again->history->read(0, 10, 1000).kept_from == 3);
  CHECK(w.everything("response").size() == records);
  // They are forgotten in time, and then there is room again.
  w.clock.advance(w.settings.results.keep_for + 2min);
  w.turn_until([&] { return s.all->has_room(2); });
  CHECK(s.submit(s.example()).has_value());
}

TEST_CASE("cancel writes one end, any number of times, and knows unknown tasks") {
  bus_fixture w;
  gateway_fixture one(w, "gateway/1"), two(w, "gateway/2");
  const auto id = one.submit(one.example())->request_id;
  two.wait_for(id, status::queued);
  CHECK(w.run(two.service->cancel(id)).has_value());
  CHECK(two.status(id) == status::canceled);
  CHECK(w.run(two.service->cancel(id)).has_value());
  one.wait_for(id, status::canceled);
  CHECK(w.run(one.service->cancel(id)).has_value());
  CHECK(count(w.everything("response"), message_type::ended) == 1);
  CHECK(w.run(one.service->cancel("unknown")).error().code == errc::not_found);
}

namespace {

// What the loop has to do for the end of one task while so many others are being canceled.
std::size_t turns_for_an_end(std::size_t cancels) {
  bus_fixture w;
  w.settings.gateway.publish_timeout = 500ms;
  gateway_fixture s(w, "gateway/1");
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < cancels; ++i) ids.push_back(s.submit(s.example())->request_id);
  // Their ends are written and not read back.
  s.follower.close();
  std::size_t done = 0;
  for (const auto& id : ids) {
    asio::co_spawn(w.loops.executor(0), s.service->cancel(id), [&](std::exception_ptr, auto) { ++done; });
  }
  while (count(w.everything("response"), message_type::ended) < cancels) {
  }
  while (w.loop0().poll() > 0) {
  }
  CHECK(done == 0);
  s.all->apply(std::vector{w.out.accepted("another"), w.out.canceled("another")});
  const auto turns = w.loop0().poll();
  w.turn_until([&] { return done == cancels; });
  return turns;
}

}  // namespace

TEST_CASE("the end of a task wakes nobody who cancels another one") {
  CHECK(turns_for_an_end(50) == turns_for_an_end(1));
}

TEST_CASE("at its expiry the accepting gateway ends a task, and nobody else") {
  bus_fixture w;
  gateway_fixture one(w, "gateway/1"), two(w, "gateway/2");
  auto s = one.example();
  s.deadline = 60s;
  const auto id = one.submit(s)->request_id;
  w.clock.advance(60s);
  two.wait_for(id, status::expired);
  one.wait_for(id, status::expired);
  w.clock.advance(60s);
  const auto late = two.example();
  REQUIRE(two.submit(late).has_value());
  CHECK(count(w.everything("response"), message_type::ended) == 1);
  CHECK(one.all->find(id)->read(1, 10, 1000).events[0]->json().find(R"("status":"expired")") != std::string::npos);
}

TEST_CASE("the age of the oldest task that waits is shown, until it is run, and again once it is given back") {
  bus_fixture w;
  gateway_fixture one(w, "gateway/1");
  const auto shows = [&](const std::string& line) {
    return w.metrics.expose().find("\n" + line + "\n") != std::string::npos;
  };
  const std::string age = R"(streamdemo_tasks_oldest_waiting_seconds{kind="simulate"} )";
  const std::string number = R"(streamdemo_tasks_waiting{kind="simulate"} )";
  CHECK(shows(age + "0"));
  const auto id = one.submit(one.example())->request_id;
  w.clock.advance(90s);
  w.turn_until([&] { return shows(age + "90") && shows(number + "1"); });
  w.write(w.out.started(id, "run"));
  w.turn_until([&] { return shows(age + "0") && shows(number + "0"); });
  w.clock.advance(10s);
  w.write(w.out.of_run(message_type::released, id, "run", "{}"));
  w.turn_until([&] { return shows(number + "1"); });
  w.clock.advance(5s);
  w.turn_until([&] { return shows(age + "5"); });
  w.write(w.out.canceled(id));
  w.turn_until([&] { return shows(age + "0") && shows(number + "0"); });
}

TEST_CASE("a task that was given back before this gateway read of it has waited since then") {
  bus_fixture w;
  w.write(w.out.accepted("returned"));
  w.write(w.out.started("returned", "run"));
  w.clock.advance(10s);
  w.write(w.out.of_run(message_type::released, "returned", "run", "{}"));
  w.clock.advance(90s);
  gateway_fixture one(w, "gateway/1");
  w.turn_until([&] {
    return w.metrics.expose().find("\nstreamdemo_tasks_oldest_waiting_seconds{kind=\"simulate\"} 90\n") !=
           std::string::npos;
  });
}

TEST_CASE("a task whose gateway is gone is ended by another one, at most ten seconds later") {
  bus_fixture w;
  gateway_fixture two(w, "gateway/2");
  w.write(w.out.accepted("orphan"));
  two.wait_for("orphan", status::queued);
  w.clock.advance(1h + 10s);
  two.wait_for("orphan", status::expired);
}

TEST_CASE("expiry goes by the bus's clock, not by ours") {
  bus_fixture w;
  gateway_fixture s(w, "gateway/1");
  auto task = s.example();
  task.deadline = 60s;
  // The bus is an hour ahead.
  s.all->begin_bus_clock(epoch + 1h, 0s);
  const auto done = s.submit(task);
  REQUIRE(done.has_value());
  CHECK(done->history->view().expiry == epoch + 1h + 60s);
}

TEST_CASE("a step of this machine's clock expires no task early, and none late") {
  bus_fixture w;
  gateway_fixture s(w, "gateway/1");
  s.all->begin_bus_clock(w.clock.now(), 0s);
  auto task = s.example();
  task.deadline = 60s;
  const auto done = s.submit(task);
  REQUIRE(done.has_value());
  for (const auto step : {1h, -2h}) {
    w.clock.step(step);
    w.clock.advance(20s);
    const auto more = s.submit(s.example());
    REQUIRE(more.has_value());
    CHECK(done->history->view().status == status::queued);
  }
  w.clock.advance(30s);
  s.wait_for(done->request_id, status::expired);
}

TEST_CASE("after keep_for an idempotency key makes a new task") {
  bus_fixture w;
  gateway_fixture s(w, "gateway/1");
  const auto first = s.submit(s.example("key", "1"));
  REQUIRE(first.has_value());
  REQUIRE(w.run(s.service->cancel(first->request_id)).has_value());
  CHECK(s.submit(s.example("key", "2")).error().code == errc::conflict);
  w.clock.advance(w.settings.results.keep_for + 1s);
  const auto second = s.submit(s.example("key", "2"));
  REQUIRE(second.has_value());
  CHECK(second->request_id == first->request_id);
  CHECK(second->history->view().status == status::queued);
}

TEST_CASE("a draining service takes no new tasks and finishes those underway") {
  bus_fixture w;
  gateway_fixture s(w, "gateway/1");
  std::optional<base::result<accepted_task>> underway;
  asio::co_spawn(w.loops.executor(0), s.service->submit(s.example()),
                 [&](std::exception_ptr, base::result<accepted_task> r) { underway.emplace(std::move(r)); });
  w.loop0().poll_one();
  w.run(s.stopped(std::chrono::steady_clock::now() + 10s));
  REQUIRE(underway.has_value());
  CHECK(underway->has_value());
  CHECK(s.submit(s.example()).error().code == errc::closed);
}

TEST_CASE("a submission from another loop completes there") {
  bus_fixture w(2);
  auto s = std::make_unique<gateway_fixture>(w, "gateway/1");
  w.loops.start();
  const auto other = w.loops.executor(1);
  const auto body = [&]() -> base::awaitable<bool> {
    const auto before = std::this_thread::get_id();
    auto task = s->example();
    const auto done = co_await s->service->submit(std::move(task));
    const auto canceled = co_await s->service->cancel(done.value().request_id);
    co_return canceled.has_value() && before == std::this_thread::get_id();
  };
  CHECK(testing::on_loop(other, body()).get());
  auto stopped = testing::on_loop(w.loops.executor(0), s->stopped(std::chrono::steady_clock::now() + 10s));
  CHECK(stopped.get());
  w.loops.stop();
  w.loops.join();
  w.loop0().restart();
}

TEST_CASE("what one gateway deletes is gone at the other, too, and its key can be used for nothing else") {
  bus_fixture w;
  gateway_fixture one(w, "gateway/1"), two(w, "gateway/2");
  const auto first = one.example("key");
  REQUIRE(one.submit(first).has_value());
  const auto& id = first.request_id;
  CHECK(w.run(one.service->erase_data(id)).error().code == errc::invalid_argument);
  CHECK(one.status(id) == status::queued);
  REQUIRE(w.run(one.service->cancel(id)).has_value());
  two.wait_for(id, status::canceled);
  REQUIRE(w.run(one.service->erase_data(id)).has_value());
  CHECK(one.all->find(id) == nullptr);
  w.turn_until([&] { return two.all->find(id) == nullptr; });
  CHECK(w.run(two.service->erase_data(id)).error().code == errc::not_found);
  w.turn_until([&] { return !one.files.removed.empty() && !two.files.removed.empty(); });
  CHECK(one.files.removed == std::vector{id});
  CHECK(count(w.everything("response"), message_type::deleted) == 1);
  CHECK(one.submit(first).error().code == errc::conflict);
  CHECK(two.submit(first).error().code == errc::conflict);
  CHECK(count(w.everything("response"), message_type::accepted) == 1);
}
