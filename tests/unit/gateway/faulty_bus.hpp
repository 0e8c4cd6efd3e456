// An in-process bus whose producers fail when the test asks for it.
#pragma once
#include <boost/asio/post.hpp>
#include <streamdemo/bus/inprocess.hpp>

namespace streamdemo::gateway::testing {

struct fault {
  bus::error error;
  bool written = false;  // the record is in the log nevertheless
  bool late = false;     // the error is reported only at the deadline
};

class faulty_bus final : public bus::bus {
 public:
  using hook = std::function<std::optional<fault>(const base::record&, std::optional<base::steady_time>)>;

  faulty_bus(const base::clock& clock, const base::logger& log)
      : real_(streamdemo::bus::make_inprocess_bus(clock, log)) {}

  std::int64_t unread = 0;  // added to the end offset of each partition, as if no reader had got so many records yet
  hook on_publish;          // called for every record; nullopt: publish as usual

  base::awaitable<base::result<void>> ensure_topics(std::vector<streamdemo::bus::topic_spec> topics) override {
    return real_->ensure_topics(std::move(topics));
  }
  base::awaitable<base::result<std::int64_t>> end_offset(streamdemo::bus::partition_id p) override {
    const auto end = co_await real_->end_offset(p);
    if (!end) co_return end;
    co_return *end + unread;
  }
  // Called for records that are written together. Without it, this bus writes each record by itself, as Kafka does.
  std::function<std::optional<fault>()> on_together;
  bool writes_together() const noexcept override { return on_together != nullptr; }
  std::unique_ptr<streamdemo::bus::producer> make_producer(base::executor ex) override {
    return std::make_unique<producer>(*this, ex, real_->make_producer(ex));
  }
  std::unique_ptr<streamdemo::bus::shared_consumer> join(base::executor ex, streamdemo::bus::group_options o) override {
    return real_->join(ex, std::move(o));
  }
  std::unique_ptr<streamdemo::bus::reader> make_reader(base::executor ex,
                                                       streamdemo::bus::reader_options o = {}) override {
    return real_->make_reader(ex, o);
  }

 private:
  class producer final : public streamdemo::bus::producer {
   public:
    producer(faulty_bus& b, base::executor ex, std::unique_ptr<streamdemo::bus::producer> real)
        : bus_(b), executor_(ex), real_(std::move(real)) {}
    void publish(base::record r, std::optional<base::steady_time> deadline, done d) override {
      const auto f = bus_.on_publish ? bus_.on_publish(r, deadline) : std::nullopt;
      if (!f) return real_->publish(std::move(r), deadline, std::move(d));
      if (f->written) {
        return real_->publish(std::move(r), deadline, [d = std::move(d), e = f->error](auto) { d(e); });
      }
      if (f->late) {
        const auto at_last = std::make_shared<base::timer>(executor_, deadline.value());
        return at_last->async_wait([at_last, d = std::move(d), e = f->error](auto) { d(e); });
      }
      asio::post(executor_, [d = std::move(d), e = f->error] { d(e); });
    }
    void publish_together(std::vector<base::record>& all, base::steady_time deadline, done d) override {
      const auto f = bus_.on_together();
      if (!f) return real_->publish_together(all, deadline, std::move(d));
      if (f->written) {
        return real_->publish_together(all, deadline, [d = std::move(d), e = f->error](auto) { d(e); });
      }
      asio::post(executor_, [d = std::move(d), e = f->error] { d(e); });
    }
    void close() override { real_->close(); }
    base::awaitable<streamdemo::bus::drain_report> drain(base::steady_time deadline) override {
      return real_->drain(deadline);
    }

   private:
    faulty_bus& bus_;
    base::executor executor_;
    std::unique_ptr<streamdemo::bus::producer> real_;
  };

  std::unique_ptr<streamdemo::bus::bus> real_;
};

}  // namespace streamdemo::gateway::testing
