// Events of a history as one JSON body. It is read from the history while it is sent, so that a slow client costs no
// memory and a large body does not block a loop. Its size is known in advance. One executor at a time.
#pragma once
#include <streamdemo/http/message.hpp>

#include "gateway/history/histories.hpp"

namespace streamdemo::gateway {

class events_body final : public http::body_source {
 public:
  // Up to this size a body may be made in one piece: so much memory a client that does not read may cost.
  static constexpr std::size_t small_bytes = 4096;

  // The text before and after the events, which are separated by commas.
  struct frame {
    std::string head;
    std::string tail;
  };
  struct range {
    std::int64_t after = 0;
    std::int64_t last = 0;
    bool results_only = false;
    std::uint64_t bytes = 0;  // of the events, without the commas
    std::uint64_t count = 0;
  };
  // The clock outlives it.
  events_body(history_ptr h, const base::clock& clock, frame f, range r);
  ~events_body() override;

  // All results of a task that has ended: {"request_id":…,"kind":…,"status":…,"results":[events],"ended":event}.
  // `end`: the last event, as read, if it is on disk. Error: position_lost (some of them are no longer kept).
  static base::result<std::unique_ptr<events_body>> of_results(history_ptr h, const base::clock& clock);
  static base::result<std::unique_ptr<events_body>> of_results(history_ptr h, const base::clock& clock,
                                                               const history::batch& end);

  std::uint64_t size() const override { return size_; }
  // Error: position_lost (events were dropped while the body was sent).
  base::awaitable<base::result<std::string>> next(std::size_t max) override;
  void back(std::size_t bytes) override;

  // Makes a small body at once instead of piece by piece. Error: also unavailable (some of it is on disk: only next()
  // reads that).
  bool is_small() const noexcept;
  base::result<std::string> all();

 private:
  enum class part { head, events, tail, done };
  struct place {
    part in = part::head;
    std::int64_t cursor = 0;
    bool first = true;     // no event was given yet
    std::size_t skip = 0;  // bytes of the item at this place that were already given
  };
  class piece;
  class from_disk;

  base::result<void> make(piece& p);
  history::batch read(std::size_t max_bytes);
  base::result<void> add_events(piece& p);
  bool add_event(piece& p, std::string_view json);

  history_ptr history_;
  const base::clock& clock_;
  frame frame_;
  range range_;
  std::uint64_t size_ = 0;
  place at_;
  place before_;  // where the last piece began
  std::size_t given_ = 0;
  std::unique_ptr<from_disk> disk_;  // while it reads what is on disk
  bool must_load_ = false;           // the next events are on disk and not loaded
};

}  // namespace streamdemo::gateway
