// Group members and readers that receive in the background, record what they got, and check the rules that hold for all
// of them. `broken` says which rule was violated, and until() fails then.
#pragma once
#include <map>
#include <set>

#include "contract/contract_fixture.hpp"

namespace streamdemo::contract {

// The common base. Source: bus::shared_consumer or bus::reader.
template <class Source, class Item>
class receiver : public std::enable_shared_from_this<receiver<Source, Item>> {
 public:
  receiver(contract_fixture& t, std::unique_ptr<Source> s) : source_(std::move(s)), fixture_(t), changed_(t.ex) {}
  virtual ~receiver() = default;
  receiver(const receiver&) = delete;

  // Starts receiving, at most `max` items at once.
  void start(std::size_t max = 100);
  // Waits until `satisfied` returns true. Call start() first.
  awaitable<void> until(std::function<bool()> satisfied);
  // Closes, waits until receive() ends with errc::closed, drains and destroys.
  awaitable<void> leave();
  // Destroys it without drain(), as if its process had died.
  awaitable<void> crash();

  std::string broken;
  Source& source() { return *source_; }

 protected:
  virtual void note(Item& item) = 0;
  void complain(std::string what) {
    if (broken.empty()) broken = std::move(what);
  }

 private:
  static awaitable<void> run(std::shared_ptr<receiver> self, std::size_t max);
  awaitable<void> stop();

  std::unique_ptr<Source> source_;
  contract_fixture& fixture_;
  base::notifier changed_;
  bool running_ = false;
};

class member final : public receiver<bus::shared_consumer, bus::shared_item> {
 public:
  using receiver::receiver;

  std::vector<bus::delivery> got;  // everything, in order
  std::set<partition_id> owned;
  std::size_t assignments = 0;  // `assigned` items
  std::size_t revocations = 0;  // `revoked` items

  std::vector<std::string> values() const;
  void complete(std::size_t index) { source().complete(got.at(index)); }
  void complete_all();

 private:
  void note(bus::shared_item& item) override;
  std::map<partition_id, std::int64_t> last_;  // the last offset of the current assignment
};

class follower final : public receiver<bus::reader, bus::read_item> {
 public:
  using receiver::receiver;

  std::vector<base::record_ptr> got;
  std::map<partition_id, std::size_t> caught_up;         // how often
  std::map<partition_id, std::int64_t> ends;             // as given by caught_up
  std::map<partition_id, std::size_t> before_caught_up;  // how many records came before it
  std::vector<bus::position_lost> lost;

  void follow(const std::string& topic, std::int32_t partition, bus::read_start from);
  std::vector<std::string> values() const;

 private:
  void note(bus::read_item& item) override;
  std::map<partition_id, base::record_ptr> last_;  // the last record since follow()
};

// The bounds of a member, as in group_options.
struct bounds {
  std::size_t max_open = 1000;
  std::size_t max_gap = 1'000'000;
  std::size_t max_bytes = 64 << 20;
};
std::shared_ptr<member> join(contract_fixture& t, const std::string& group, const std::string& topic, bounds b = {});
std::shared_ptr<follower> make_follower(contract_fixture& t);

// "from", "from + 1", … up to but not including `end`.
std::vector<std::string> numbers(int from, int end);

}  // namespace streamdemo::contract
