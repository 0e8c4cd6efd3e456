#include "bus/kafka/topics.hpp"

#include <algorithm>
#include <thread>

#include "bus/kafka/housekeeper.hpp"
#include "bus/kafka/producer_settings.hpp"
#include "bus/kafka/topic_rules.hpp"

namespace streamdemo::bus::kafka {

namespace {

using std::chrono::steady_clock;

constexpr int request_ms = 5000;
constexpr auto patience = std::chrono::seconds(10);
constexpr auto pause = std::chrono::milliseconds(100);

using new_topic_ptr = std::unique_ptr<rd_kafka_NewTopic_t, deleter<rd_kafka_NewTopic_destroy>>;
using config_ptr = std::unique_ptr<rd_kafka_ConfigResource_t, deleter<rd_kafka_ConfigResource_destroy>>;
using admin_options_ptr = std::unique_ptr<rd_kafka_AdminOptions_t, deleter<rd_kafka_AdminOptions_destroy>>;

// One administrative request and its answer.
class admin_call {
 public:
  admin_call(rd_kafka_t* client, rd_kafka_admin_op_t what)
      : queue_(rd_kafka_queue_new(client)), options_(rd_kafka_AdminOptions_new(client, what)) {
    rd_kafka_AdminOptions_set_request_timeout(options_.get(), request_ms, nullptr, 0);
  }
  rd_kafka_queue_t* queue() { return queue_.get(); }
  const rd_kafka_AdminOptions_t* options() const { return options_.get(); }

  // Errors: unavailable.
  result<event_ptr> wait() {
    event_ptr e(rd_kafka_queue_poll(queue_.get(), 2 * request_ms));
    if (!e) return error{errc::unavailable, "the brokers did not answer"};
    if (!is_good(rd_kafka_event_error(e.get()))) {
      return error{errc::unavailable, rd_kafka_event_error_string(e.get())};
    }
    return e;
  }

 private:
  queue_ptr queue_;
  admin_options_ptr options_;
};

struct seen_topic {
  std::int32_t partitions = 0;
  std::int32_t copies = 0;  // of the partition with the fewest
  bool ready = false;       // each partition has a leader
};

// librdkafka's last error text of this client, which tells why no broker serves it; empty: there is none.
std::string last_error_of(rd_kafka_t* client) {
  const queue_ptr said(rd_kafka_queue_get_main(client));
  std::string last;
  while (const event_ptr e{rd_kafka_queue_poll(said.get(), 0)}) {
    if (rd_kafka_event_error(e.get()) == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) continue;
    if (const char* text = rd_kafka_event_error_string(e.get())) last = without_times(text);
  }
  return last;
}

result<std::map<std::string, seen_topic>> look_around(const dependencies& d, rd_kafka_t* client) {
  const rd_kafka_metadata_t* raw = nullptr;
  // Ask for all topics: to ask for one by name may create it with the broker's default settings.
  const auto e = rd_kafka_metadata(client, 1, nullptr, &raw, request_ms);
  if (!is_good(e)) {
    const auto said = last_error_of(client);
    return error{errc::unavailable, fmt::format("asking {} for the topics: {}", fmt::join(d.options.brokers, ", "),
                                                said.empty() ? rd_kafka_err2str(e) : said)};
  }
  const metadata_ptr metadata(raw);
  std::map<std::string, seen_topic> seen;
  for (int i = 0; i < metadata->topic_cnt; ++i) {
    const auto& t = metadata->topics[i];
    if (!is_good(t.err) && t.partition_cnt == 0) continue;
    seen_topic s{t.partition_cnt, t.partition_cnt > 0 ? t.partitions[0].replica_cnt : 0, t.partition_cnt > 0};
    for (int n = 0; n < t.partition_cnt; ++n) {
      s.copies = std::min(s.copies, t.partitions[n].replica_cnt);
      s.ready = s.ready && t.partitions[n].leader >= 0;
    }
    seen.emplace(t.topic, s);
  }
  return seen;
}

result<void> created(const topic_spec& spec, const rd_kafka_topic_result_t* r) {
  const auto e = rd_kafka_topic_result_error(r);
  if (is_good(e) || e == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) return {};
  const char* text = rd_kafka_topic_result_error_string(r);
  auto code = code_of(e) == errc::invalid_argument ? errc::invalid_argument : errc::unavailable;
  std::string advice;
  if (e == RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR) {
    advice = fmt::format(" (topics.replication is {}: at most as many as there are brokers)", spec.replication);
  } else if (e == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED || e == RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED) {
    code = errc::invalid_argument;
    advice = " (create it by hand, or allow this user to)";
  }
  return error{
      code, fmt::format("creating topic '{}': {}{}", spec.name, text == nullptr ? rd_kafka_err2str(e) : text, advice)};
}

result<void> create(dependencies& d, rd_kafka_t* client, const std::vector<const topic_spec*>& missing) {
  std::vector<new_topic_ptr> owned;
  std::vector<rd_kafka_NewTopic_t*> all;
  for (const auto* spec : missing) {
    std::array<char, 256> why{};
    owned.emplace_back(
        rd_kafka_NewTopic_new(spec->name.c_str(), spec->partitions, spec->replication, why.data(), why.size()));
    if (!owned.back()) return error{errc::invalid_argument, fmt::format("topic '{}': {}", spec->name, why.data())};
    for (const auto& [name, value] : settings_for(*spec, d.options.log_append_time)) {
      rd_kafka_NewTopic_set_config(owned.back().get(), name.c_str(), value.c_str());
    }
    all.push_back(owned.back().get());
  }
  admin_call call(client, RD_KAFKA_ADMIN_OP_CREATETOPICS);
  rd_kafka_CreateTopics(client, all.data(), all.size(), call.options(), call.queue());
  auto answer = call.wait();
  if (!answer) return error{answer.error().code, "creating topics: " + answer.error().message};
  std::size_t n = 0;
  const auto* results = rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(answer->get()), &n);
  for (std::size_t i = 0; i < n; ++i) {
    if (auto ok = created(*missing[i], results[i]); !ok) return ok;
    d.log.info("topic '{}' is there: {} partitions, {} copies", missing[i]->name, missing[i]->partitions,
               missing[i]->replication);
  }
  return {};
}

// `denied`: this user may not read the settings; only somebody who manages access rights can change that.
result<topic_settings> settings_of(rd_kafka_t* client, const std::string& topic, bool& denied) {
  const config_ptr wanted(rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str()));
  auto* one = wanted.get();
  admin_call call(client, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS);
  rd_kafka_DescribeConfigs(client, &one, 1, call.options(), call.queue());
  auto answer = call.wait();
  if (!answer) return answer.error();
  std::size_t n = 0;
  const auto* found =
      rd_kafka_DescribeConfigs_result_resources(rd_kafka_event_DescribeConfigs_result(answer->get()), &n);
  if (n != 1) return error{errc::unavailable, "no answer for this topic"};
  if (const auto e = rd_kafka_ConfigResource_error(found[0]); !is_good(e)) {
    denied = e == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED || e == RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED;
    auto why = error_of(e, "refused");
    if (denied) {
      why.message += fmt::format(
          ". Whether the topic meets the requirements cannot be checked: give this user the right DescribeConfigs "
          "(kafka-acls.sh --add --allow-principal User:NAME --operation DescribeConfigs --topic {})",
          topic);
    }
    return why;
  }
  topic_settings settings;
  const auto* entries = rd_kafka_ConfigResource_configs(found[0], &n);
  for (std::size_t i = 0; i < n; ++i) {
    const char* value = rd_kafka_ConfigEntry_value(entries[i]);
    if (value != nullptr) settings.emplace(rd_kafka_ConfigEntry_name(entries[i]), value);
  }
  return settings;
}

// Checks the settings of an existing topic.
result<void> check(dependencies& d, rd_kafka_t* client, const topic_spec& spec, std::int32_t copies, bool& denied) {
  const auto settings = settings_of(client, spec.name, denied);
  if (!settings) {
    return error{errc::unavailable,
                 fmt::format("asking for the settings of topic '{}': {}", spec.name, settings.error().message)};
  }
  if (auto ok = check_settings(spec, *settings); !ok) return ok;
  if (auto ok = check_copies(spec, copies, *settings); !ok) return ok;
  for (const auto& remark : remarks(spec, copies, *settings)) d.log.warning("{}", remark);
  if (const auto most = max_message_bytes(*settings)) d.limit_batches(*most);
  return {};
}

// One attempt. After errc::unavailable it is worth another, unless `denied` was set.
result<void> ensure_once(dependencies& d, rd_kafka_t* client, const std::map<std::string, seen_topic>& seen,
                         const std::vector<topic_spec>& topics, bool& denied) {
  std::vector<const topic_spec*> missing;
  for (const auto& spec : topics) {
    const auto it = seen.find(spec.name);
    if (it == seen.end()) {
      missing.push_back(&spec);
    } else if (auto ok = check_partitions(spec, it->second.partitions); !ok) {
      return ok;
    } else if (!it->second.ready) {
      return error{errc::unavailable, fmt::format("a partition of topic '{}' has no leader", spec.name)};
    }
  }
  if (!missing.empty()) {
    if (auto done = create(d, client, missing); !done) return done;
    return error{errc::unavailable, "the new topics are not known to all brokers yet"};
  }
  // Only the mock cluster has log_append_time = false, and it cannot report settings either.
  for (const auto& spec : topics) {
    const auto copies = seen.at(spec.name).copies;
    auto ok = d.options.log_append_time ? check(d, client, spec, copies, denied) : check_copies(spec, copies, {});
    if (!ok) return ok;
  }
  return {};
}

// The shortest of a few, because the first finds the leader, and brokers are busy at times.
void measure_round_trip(dependencies& d, rd_kafka_t* client, const std::string& topic) {
  std::optional<steady_clock::duration> shortest;
  for (int i = 0; i < 3; ++i) {
    const auto begin = steady_clock::now();
    std::int64_t first = 0, end = 0;
    if (!is_good(rd_kafka_query_watermark_offsets(client, topic.c_str(), 0, &first, &end, request_ms))) return;
    const auto took = steady_clock::now() - begin;
    shortest = std::min(shortest.value_or(took), took);
  }
  const auto round_trip = std::chrono::duration_cast<base::microseconds>(*shortest);
  d.note_round_trip(round_trip);
  if (const auto n = requests_in_flight(round_trip); n > 1) {
    d.log.info("a broker answers after {} ms: producers send up to {} requests before its answer",
               round_trip.count() / 1000, n);
  }
}

}  // namespace

result<void> ensure_topics(dependencies& d, const std::vector<topic_spec>& topics) {
  // A client for this call alone, because this call blocks and can read the client's events itself.
  auto conf = make_conf(d.options, {}, {});
  if (!conf) return conf.error();
  rd_kafka_conf_set_log_cb(conf->get(), nullptr);
  rd_kafka_conf_set_events(conf->get(), RD_KAFKA_EVENT_ERROR);
  const auto made = make_client(RD_KAFKA_PRODUCER, std::move(*conf));
  if (!made) return made.error();
  const auto client = d.own(*made);
  const auto limit = steady_clock::now() + patience;
  for (;;) {
    const auto seen = look_around(d, client.get());
    if (!seen) return seen.error();
    bool denied = false;
    auto done = ensure_once(d, client.get(), *seen, topics, denied);
    if (done && !topics.empty() && !user_sets_requests_in_flight(d.options)) {
      measure_round_trip(d, client.get(), topics.front().name);
    }
    if (done || done.error().code != errc::unavailable || denied || steady_clock::now() > limit) return done;
    std::this_thread::sleep_for(pause);
  }
}

}  // namespace streamdemo::bus::kafka
