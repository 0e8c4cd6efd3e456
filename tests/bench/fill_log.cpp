// Fills a response topic with whole histories, as gateways and processors would have written them: five records a task
// (accepted, started, two results, ended). Plain librdkafka.
//
//   fill_log BROKERS TOPIC TASKS PAYLOAD_BYTES
#include <ctime>

#include "bench/plain_kafka.hpp"

using namespace bench;

namespace {

std::string text_of(timespec t) {
  tm parts{};
  ::gmtime_r(&t.tv_sec, &parts);
  char text[64];
  std::snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d.%06ldZ", parts.tm_year + 1900, parts.tm_mon + 1,
                parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec, t.tv_nsec / 1000);
  return text;
}

class writer {
 public:
  writer(const char* brokers, const char* topic) : producer_(make_producer(brokers, "20")), topic_(topic) {
    ::clock_gettime(CLOCK_REALTIME, &now_);
  }
  ~writer() { finish(producer_); }

  void task(int number, const std::string& payload) {
    char id[64];
    std::snprintf(id, sizeof id, "%08x-0000-4000-8000-%012x", number, number);
    char run[64];
    std::snprintf(run, sizeof run, "%08x-0000-4000-9000-%012x", number, number);
    auto later = now_;
    later.tv_sec += 1800;
    write(id, "accepted",
          {{"ce_expirytime", text_of(later)},
           {"ce_payloadhash", "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"},
           {"ce_fold", "1"}},
          "{}");
    write(id, "started", {{"ce_run", run}, {"ce_runseq", "1"}, {"ce_replaces", ""}}, "{}");
    write(id, "result", {{"ce_run", run}, {"ce_runseq", "2"}}, payload);
    write(id, "result", {{"ce_run", run}, {"ce_runseq", "3"}}, payload);
    write(id, "ended", {{"ce_run", run}, {"ce_runseq", "4"}}, "{\"status\":\"succeeded\"}");
  }

 private:
  using headers = std::vector<std::pair<const char*, std::string>>;

  void write(const std::string& id, const std::string& type, headers own, const std::string& value) {
    auto* all = rd_kafka_headers_new(12);
    const auto add = [all](const char* name, const std::string& text) {
      rd_kafka_header_add(all, name, -1, text.data(), static_cast<ssize_t>(text.size()));
    };
    add("ce_specversion", "1.0");
    add("ce_id", id + "/" + type);
    add("ce_source", type == "accepted" ? "gateway/0" : "processor/0");
    add("ce_type", "streamdemo.task." + type);
    add("ce_time", text_of(now_));
    add("ce_subject", "simulate");
    add("content-type", "application/json");
    for (const auto& [name, text] : own) add(name, text);
    const auto e = rd_kafka_producev(producer_, RD_KAFKA_V_TOPIC(topic_), RD_KAFKA_V_KEY(id.data(), id.size()),
                                     RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY | RD_KAFKA_MSG_F_BLOCK),
                                     RD_KAFKA_V_VALUE(const_cast<char*>(value.data()), value.size()),
                                     RD_KAFKA_V_HEADERS(all), RD_KAFKA_V_END);
    if (e != RD_KAFKA_RESP_ERR_NO_ERROR) fail(rd_kafka_err2str(e));
    if (++written_ % 1000 == 0) rd_kafka_poll(producer_, 0);
  }

  rd_kafka_t* producer_;
  const char* topic_;
  timespec now_{};
  std::size_t written_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) fail("usage: see the head of tests/bench/fill_log.cpp");
  const int tasks = std::atoi(argv[3]);
  const std::string payload = "\"" + std::string(static_cast<std::size_t>(std::atoi(argv[4])), 'x') + "\"";
  writer out(argv[1], argv[2]);
  for (int i = 0; i < tasks; ++i) out.task(i, payload);
}
