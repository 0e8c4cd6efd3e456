// One librdkafka producer and the records it was given. Each of our producers has two of them, because the time after
// which the library gives a record up belongs to the client and not to the record: one for records with a deadline, one
// for records that are never given up. Owner's executor only.
#pragma once
#include <list>
#include <map>

#include "bus/kafka/housekeeper.hpp"
#include "bus/kafka/wakeup.hpp"

namespace streamdemo::bus::kafka {

struct completion {
  producer::done done;
  result<published> outcome;
};

class client_producer {
 public:
  // `timeout`: after which the library gives up; nullopt: never. `out` takes what is to be completed, in order.
  client_producer(dependencies& d, wakeup& w, std::optional<base::milliseconds> timeout, std::vector<completion>& out);
  ~client_producer() { abandon(); }
  client_producer(const client_producer&) = delete;

  // Takes a record for the next flush(), which gives the library all of them at once: what it then finds in one
  // partition leaves in one request, as a rule.
  void publish(record r, std::optional<steady_time> deadline, producer::done d);
  void flush();

  // The library's events, at most so many; false: some are left.
  bool serve(int max_events);

  // What is due: deadlines, and a new client after a fatal error.
  void tick(steady_time now);
  std::optional<steady_time> next_tick() const;

  // Records whose publish is not completed.
  std::size_t open() const noexcept { return open_; }
  // Completes them all with timed_out.
  std::size_t give_up(std::string_view why);
  // As if the process had died: completes nothing any more.
  void abandon();

 private:
  struct entry {
    record rec;
    producer::done done;  // empty: completed already, but the library may still hold the bytes
    std::uint64_t number = 0;
    std::multimap<steady_time, entry*>::iterator deadline;  // end(): none
    std::list<entry>::iterator self{};
  };
  using entries = std::list<entry>;

  void connect();
  void disconnect();
  rd_kafka_topic_t* topic(const std::string& name);
  // The library's own code; the entry at the front of `from` moves to given_ when it takes it.
  rd_kafka_resp_err_t give(entries& from);
  void give_or_refuse(entries& one);
  // A repetition would end the same way.
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
  const std::string name_;
  std::vector<completion>& out_;
  housekeeper housekeeper_;

  rd_kafka_t* client_ = nullptr;
  queue_ptr queue_;
  std::map<std::string, topic_ptr> topics_;

  entries given_;     // to the library, which reads their bytes until it reports them
  entries gathered_;  // for the next flush
  entries waiting_;   // for room in it; in order, after all of given_
  entries failed_;    // to be given again, to the next client
  std::multimap<steady_time, entry*> deadlines_;
  std::size_t open_ = 0;
  std::uint64_t numbers_ = 0;
  std::size_t batch_bytes_;     // what the records of one request may take together
  bool batch_refused_ = false;  // by a broker, of this client
  bool broken_ = false;         // the client is to be replaced once it has reported everything
  steady_time mend_at_{};
};

}  // namespace streamdemo::bus::kafka
