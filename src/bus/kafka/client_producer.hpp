// One librdkafka producer and the records it was given. Each producer of the bus has two of these, because librdkafka's
// timeout (message.timeout.ms) belongs to the client and not to the record: one for records with a deadline, one for
// records that are retried without end. Owner's executor only.
#pragma once
#include <list>
#include <map>

#include "bus/kafka/housekeeper.hpp"
#include "bus/kafka/linger_skipper.hpp"
#include "bus/kafka/open_average.hpp"
#include "bus/kafka/producer_settings.hpp"
#include "bus/kafka/wakeup.hpp"

namespace streamdemo::bus::kafka {

struct completion {
  producer::done done;
  result<published> outcome;
};

class client_producer {
 public:
  // `timeout`: when the library gives a record up; nullopt: never. Completions are appended to `out`, in order, for the
  // owner to call. `linger`: how long records wait for others where many publishes are open, unless the user says it.
  client_producer(dependencies& d, wakeup& w, std::optional<base::milliseconds> timeout, std::vector<completion>& out,
                  base::milliseconds linger = usual_linger);
  ~client_producer() { abandon(); }
  client_producer(const client_producer&) = delete;

  // Keeps the record for the next flush(), which gives all of them to the library at once, so that records of one
  // partition usually share a request. With many publishes open, the library waits a little for more.
  void publish(record r, std::optional<steady_time> deadline, producer::done d);
  void flush();

  // Handles at most `max_events` events of the library. False: some are left.
  bool serve(int max_events);

  // Does what is due at `now`: fails records whose deadline has passed, and makes a new client after a fatal error.
  void tick(steady_time now);
  std::optional<steady_time> next_tick() const;

  // The number of records whose publish has not completed.
  std::size_t open() const noexcept { return open_; }
  // Completes all open records with timed_out, and returns how many they were.
  std::size_t give_up(std::string_view why);
  // Drops everything as if the process had died: nothing is completed any more.
  void abandon();

 private:
  struct entry {
    record rec;
    producer::done done;  // empty: already completed, but the library may still read the bytes
    std::uint64_t number = 0;
    std::multimap<steady_time, entry*>::iterator deadline;  // end(): none
    std::list<entry>::iterator self{};
  };
  using entries = std::list<entry>;

  void connect();
  void disconnect();
  rd_kafka_topic_t* topic(const std::string& name);
  // Gives the first entry of `from` to the library and returns its error code. On success the entry moves to given_.
  rd_kafka_resp_err_t give(entries& from);
  void give_or_refuse(entries& one);
  void skip_linger_if_few_are_open();
  // Whether a retry would fail in the same way.
  bool is_final(rd_kafka_resp_err_t why, const record& r) const;
  error failure_of(const rd_kafka_message_t& m, const record& r) const;
  bool is_tried_again(rd_kafka_resp_err_t why, const record& r) const;
  void refuse_overtaken_by(const entry& passed);
  bool went_alone(const record& r) const;
  void refuse_batch(const std::string& topic);
  void give_waiting();
  void report(const rd_kafka_message_t& m);
  void complete(entry& e, result<published> outcome);
  void break_down(std::string_view why);
  void mend(steady_time now);
  bool never_gives_up() const noexcept { return !timeout_; }

  dependencies& deps_;
  wakeup& wakeup_;
  const std::optional<base::milliseconds> timeout_;
  const base::milliseconds linger_;
  const std::string name_;
  std::vector<completion>& out_;
  housekeeper housekeeper_;

  rd_kafka_t* client_ = nullptr;
  std::optional<linger_skipper> skipper_;  // of client_; none if the user says how long records wait
  queue_ptr queue_;
  std::map<std::string, topic_ptr> topics_;

  entries given_;     // in the library, which reads their bytes until it reports the outcome
  entries gathered_;  // for the next flush
  entries waiting_;   // until the library has room or there is a new client; in order, after all of given_
  entries failed_;    // to be given again, to the next client
  std::multimap<steady_time, entry*> deadlines_;
  std::size_t open_ = 0;
  open_average average_;
  std::uint64_t numbers_ = 0;
  std::size_t batch_bytes_;     // the limit on the records of one batch
  bool batch_refused_ = false;  // a broker has refused a batch of this client as too large
  bool broken_ = false;         // the client will be replaced once it has reported every record
  steady_time mend_at_{};
};

}  // namespace streamdemo::bus::kafka
