#include "bus/kafka/statistics.hpp"

#include <boost/json.hpp>

namespace streamdemo::bus::kafka {

namespace {

namespace json = boost::json;

std::int64_t number(const json::object& o, std::string_view name) {
  const auto* v = o.if_contains(name);
  if (v == nullptr) return 0;
  if (const auto* i = v->if_int64()) return *i;
  if (const auto* u = v->if_uint64()) return static_cast<std::int64_t>(*u);
  return 0;
}

const json::object& object(const json::object& o, std::string_view name) {
  static const json::object none;
  const auto* v = o.if_contains(name);
  const auto* found = v == nullptr ? nullptr : v->if_object();
  return found == nullptr ? none : *found;
}

void add_partitions(const json::object& topic, const std::string& name, statistics& s) {
  // Create the entries even if no partition follows: the gauge must return to 0 when the client has lost them all.
  s.lag[name];
  s.fetched[name];
  for (const auto& p : object(topic, "partitions")) {
    const auto* partition = p.value().if_object();
    // In partition "-1" the library keeps records that have no partition yet.
    if (partition == nullptr || p.key() == "-1") continue;
    // The library still reports the last offsets of a partition that has moved to another member.
    const auto* state = partition->if_contains("fetch_state");
    if (state == nullptr || !state->is_string() || state->get_string() != "active") continue;
    const auto end = number(*partition, "hi_offset");
    const auto next = number(*partition, "app_offset");
    if (end >= 0 && next >= 0) s.lag[name] += std::max<std::int64_t>(end - next, 0);
    s.fetched[name] += number(*partition, "fetchq_cnt");
  }
}

void add_requests(const json::object& broker, statistics& s) {
  for (const auto& api : object(broker, "req")) {
    const auto* sent = api.value().if_int64();
    if (sent != nullptr && *sent > 0) s.requests[api.key()] += *sent;
  }
}

void add_round_trip(const json::object& broker, statistics& s) {
  const auto id = number(broker, "nodeid");
  const auto& rtt = object(broker, "rtt");
  if (id < 0 || number(rtt, "cnt") == 0) return;  // below 0 are bootstrap addresses
  s.broker_rtt[std::to_string(id)] = double(number(rtt, "avg")) / 1e6;
}

}  // namespace

std::optional<statistics> read_statistics(std::string_view text) {
  boost::system::error_code ec;
  const auto root = json::parse(text, ec);
  if (ec || !root.is_object()) return std::nullopt;
  const auto& o = root.get_object();
  statistics s;
  const auto* type = o.if_contains("type");
  s.of_producer = type != nullptr && type->is_string() && type->get_string() == "producer";
  for (const auto& b : object(o, "brokers")) {
    const auto* broker = b.value().if_object();
    if (broker == nullptr) continue;
    add_requests(*broker, s);
    if (s.of_producer) add_round_trip(*broker, s);
  }
  if (s.of_producer) {
    s.out_records = number(o, "msg_cnt");
    s.out_bytes = number(o, "msg_size");
    return s;
  }
  for (const auto& t : object(o, "topics")) {
    if (const auto* topic = t.value().if_object()) add_partitions(*topic, std::string(t.key()), s);
  }
  return s;
}

void client_gauges::show(const statistics& s) {
  count(s.requests);
  if (s.of_producer) {
    set("streamdemo_kafka_unacknowledged_records", "Records handed to the Kafka client and not yet acknowledged", {},
        double(s.out_records));
    set("streamdemo_kafka_unacknowledged_bytes", "Bytes of records handed to the Kafka client and not yet acknowledged",
        {}, double(s.out_bytes));
  }
  for (const auto& [broker, seconds] : s.broker_rtt) {
    set("streamdemo_kafka_broker_round_trip_seconds", "Mean time from a request to a Kafka broker to its answer",
        {{"broker", broker}}, seconds);
  }
  for (const auto& [topic, records] : s.lag) {
    set("streamdemo_kafka_lag_records", "Records in the topic that this client has not taken in yet",
        {{"topic", topic}}, double(records));
  }
  for (const auto& [topic, records] : s.fetched) {
    set("streamdemo_kafka_fetched_records", "Records the Kafka client has fetched and not yet handed on",
        {{"topic", topic}}, double(records));
  }
}

void client_gauges::count(const std::map<std::string, std::int64_t>& requests) {
  for (const auto& [api, sent] : requests) {
    auto& before = counted_[api];
    metrics_
        .counter("streamdemo_kafka_requests_total", "Requests sent to Kafka brokers, as of every five seconds",
                 {{"role", client_.substr(0, client_.rfind('-'))}, {"api", api}})
        .Increment(static_cast<double>(sent - before));
    before = sent;
  }
}

void client_gauges::set(const std::string& name, const std::string& help, base::labels l, double value) {
  l.emplace("client", client_);
  metrics_.gauge(name, help, l).Set(value);
  made_.emplace(name, help, std::move(l));
}

client_gauges::~client_gauges() {
  for (const auto& [name, help, l] : made_) metrics_.remove_gauge(name, help, l);
}

}  // namespace streamdemo::bus::kafka
